package photo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trailcat/internal/catalog"
)

// result is the kind of result of an attempt to fetch a photo, in metrics.
type result string

const (
	resultKept      result = "kept"
	resultUnchanged result = "unchanged" // the source has the photo that is kept
	resultFailed    result = "failed"
	resultPostponed result = "postponed" // the server itself could not keep it
)

// attemptResult is the result of an attempt to fetch a photo.
type attemptResult struct {
	result         result
	source         catalog.PhotoSource // the new state
	pauseHostUntil time.Time           // until then no request is sent to the host
}

const (
	recheckAfter   = 7 * 24 * time.Hour // after a success
	firstRetry     = time.Minute        // doubles with each failure
	maxRetry       = 24 * time.Hour
	missingAfter   = 3 * 24 * time.Hour // of failures
	missingMinimum = 3                  // failures
	ownPhotoAfter  = 30 * 24 * time.Hour
)

// attempt fetches a source. An error means that the server itself could not keep the photo; the
// state of the source then does not change.
func (f *Fetcher) attempt(ctx context.Context, s catalog.PhotoSource) (attemptResult, error) {
	if f.config.IsOwn(s.URL) {
		s.CheckedAt, s.NextAt = f.config.Now(), f.config.Now().Add(ownPhotoAfter)
		return attemptResult{result: resultUnchanged, source: s}, nil
	}
	if s.Hash == "" {
		switch reason, err := f.overQuota(ctx, s.URL); {
		case err != nil:
			return attemptResult{}, err
		case reason != "":
			return f.failed(s, &failure{reason: reason, notBefore: maxRetry}), nil
		}
	}
	fetched, err := f.client.get(ctx, s)
	if ctx.Err() != nil {
		return attemptResult{}, ctx.Err()
	}
	if failed, ok := errors.AsType[*failure](err); ok {
		return f.failed(s, failed), nil
	}
	if err != nil {
		return attemptResult{}, err
	}
	if fetched.unchanged {
		return f.succeeded(s, resultUnchanged), nil
	}
	kept, err := f.config.Keeper.Keep(ctx, fetched.file)
	if errors.Is(err, errTooSlow) {
		return f.failed(s, &failure{reason: "The server could not process the photo in time."}), nil
	}
	if reason := fetched.describe(err); reason != "" {
		return f.failed(s, &failure{reason: reason, lasting: true}), nil
	}
	if err != nil {
		return attemptResult{}, err
	}
	outcome := resultKept
	if kept.Hash == s.Hash {
		outcome = resultUnchanged
	}
	s.Hash, s.ETag, s.LastModified = kept.Hash, fetched.etag, fetched.lastModified
	return f.succeeded(s, outcome), nil
}

// overQuota returns why no shelter that shows the photo may have more photos, or "" if one may.
func (f *Fetcher) overQuota(ctx context.Context, url string) (reason string, err error) {
	shelters, err := f.config.Sources.SheltersOfPhoto(ctx, url)
	if err != nil {
		return "", err
	}
	for _, shelter := range shelters {
		err := f.config.Keeper.checkQuota(ctx, shelter)
		if catalog.KindOf(err) != catalog.Conflict {
			return "", err
		}
		reason = "The quota of the shelter for photos is used up. " + quotaAdvice // without the numbers of a shelter: others may read it
	}
	return reason, nil
}

func (f *Fetcher) succeeded(s catalog.PhotoSource, r result) attemptResult {
	now := f.config.Now()
	s.Failures, s.FailingSince, s.Failure, s.Missing, s.CheckedAt = 0, time.Time{}, "", false, now
	s.NextAt = now.Add(f.jittered(recheckAfter))
	return attemptResult{result: r, source: s}
}

// failed returns the state after a failure. A source that fails for three days is missing.
func (f *Fetcher) failed(s catalog.PhotoSource, why *failure) attemptResult {
	now := f.config.Now()
	s.Failures++
	if s.FailingSince.IsZero() || s.FailingSince.After(now) { // in the future by a wrong clock
		s.FailingSince = now
	}
	s.Failure, s.CheckedAt = why.reason, now
	s.Missing = s.Missing || why.lasting && s.Failures >= missingMinimum && now.Sub(s.FailingSince) >= missingAfter
	wait := maxRetry
	if doubled := s.Failures - 1; doubled < 11 {
		wait = min(wait, firstRetry<<doubled)
	}
	s.NextAt = now.Add(max(f.jittered(wait), why.notBefore))
	out := attemptResult{result: resultFailed, source: s}
	if why.busy {
		out.pauseHostUntil = now.Add(max(firstRetry, why.notBefore))
	}
	return out
}

// jittered returns a duration with a jitter of 20 %.
func (f *Fetcher) jittered(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*f.config.Jitter()))
}

// failure is why a source could not be fetched.
type failure struct {
	reason    string        // a sentence for the shelter
	lasting   bool          // the source may be missing
	busy      bool          // the host asks for fewer requests
	notBefore time.Duration // until the next attempt, at least
}

func (f *failure) Error() string { return f.reason }

func failuref(format string, args ...any) *failure {
	return &failure{reason: fmt.Sprintf(format, args...), lasting: true}
}
