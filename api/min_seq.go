package api

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
)

const (
	seqHeader    = "Trailcat-Seq"     // how much of the log an answer reflects, at least
	minSeqHeader = "Trailcat-Min-Seq" // how much of it an answer must reflect
)

// minSeqWait is for how long a request waits for its node to know enough.
const minSeqWait = 2 * time.Second

// withSeqHeader says in every answer how much of the log it reflects. Whoever sends
// that along as Trailcat-Min-Seq never sees older than they saw, whichever node
// answers.
func (a *API) withSeqHeader(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if strings.HasPrefix(c.Request().URL.Path, "/v1/") {
			a.setSeqHeader(c)
		}
		return next(c)
	}
}

func (a *API) setSeqHeader(c echo.Context) {
	if head := a.Index.Head(); head.Epoch != "" {
		c.Response().Header().Set(seqHeader, strconv.FormatInt(head.Seq, 10))
	}
}

// requireMinSeq lets a request wait until this node knows as much of the log as it wants.
func (a *API) requireMinSeq(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		sent := c.Request().Header.Get(minSeqHeader)
		if sent == "" || !strings.HasPrefix(c.Request().URL.Path, "/v1/") {
			return next(c)
		}
		seq, err := strconv.ParseInt(sent, 10, 64)
		if err != nil || seq < 0 {
			return &catalog.Error{Kind: catalog.Malformed, Code: "malformed_header", Detail: minSeqHeader + " is not a whole number. Send the " + seqHeader + " of an earlier answer.", Fields: nil}
		}
		if err := a.waitForSeq(c.Request().Context(), seq); err != nil {
			return err
		}
		a.setSeqHeader(c)
		return next(c)
	}
}

// waitForSeq waits until the index knows the log up to seq, if that comes about soon.
func (a *API) waitForSeq(ctx context.Context, seq int64) error {
	if a.Index.Head().Seq >= seq {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, minSeqWait)
	defer cancel()
	if err := a.Index.CatchUp(ctx); err == nil && a.Index.Head().Seq < seq {
		_ = a.Index.Await(ctx, seq-1) // what it came to, the head tells
	}
	if at := a.Index.Head().Seq; at < seq {
		return &catalog.Error{Kind: catalog.Unavailable, Code: "seq_not_reached", Detail: fmt.Sprintf("This node knows the log up to %d, not up to %d. Try again in a second.", at, seq), Fields: nil}
	}
	return nil
}
