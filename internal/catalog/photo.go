package catalog

import (
	"cmp"
	"context"
	"fmt"
	"math/bits"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"trailcat/internal/errcode"
)

// Photo is a photo of a cat or a shelter: the address that the source gave, the copy that
// this server keeps, or both. Photos of shelters are not kept.
type Photo struct {
	URL           string // of the source; empty if the photo was sent as a file
	Width, Height int    // pixels of the kept copy, otherwise as the source says; 0 if unknown
	Alt           string
	SourceMissing bool // the source no longer has the photo

	// Of the kept copy; empty if there is none.
	Hash           string
	BlurHash       string
	Color          string // the dominant color, such as #a08060
	PerceptualHash uint64 // 0: none
}

// KeptPhoto is the copy of a photo that this server keeps.
type KeptPhoto struct {
	Hash           string // identifies the original file; 32 hexadecimal digits
	MediaType      string // of the original file
	Bytes          int64  // of all renditions together
	Width, Height  int    // pixels of the largest rendition
	BlurHash       string
	Color          string
	PerceptualHash uint64
	CreatedAt      time.Time
}

// Photo returns a photo that shows the copy, and has no source.
func (k KeptPhoto) Photo() Photo {
	var p Photo
	p.setCopy(k)
	return p
}

// PhotoUsage is how many different photos are kept for the cats of a shelter, and their bytes.
type PhotoUsage struct{ Photos, Bytes int64 }

// PhotoSizes are the sizes of renditions, in pixels of the longest side.
func PhotoSizes() []int { return []int{300, 600, 1200, MaxPhotoSize} }

// MaxPhotoBytes is the maximum size of the file of a photo in bytes.
const MaxPhotoBytes = 20 << 20

// MaxPhotoSize is the longest side in pixels that is kept of a photo.
const MaxPhotoSize = 2048

// Rendition is a kept photo in one size: its longest side has at most Size pixels.
type Rendition struct{ Size, Width, Height int }

// Renditions returns the renditions of a photo of a width and height in pixels, from the
// smallest to the largest, which has these pixels unless they are more than MaxPhotoSize.
// None is enlarged: a photo of 500 × 400 pixels has renditions of the sizes 300 and 600, and
// the latter has 500 × 400 pixels.
func Renditions(width, height int) []Rendition {
	longest := max(width, height)
	if min(width, height) < 1 {
		return nil
	}
	var out []Rendition
	for _, size := range PhotoSizes() {
		if longest <= size {
			return append(out, Rendition{Size: size, Width: width, Height: height})
		}
		scale := func(side int) int { return max(1, (side*size+longest/2)/longest) }
		out = append(out, Rendition{Size: size, Width: scale(width), Height: scale(height)})
	}
	return out
}

// BestRendition returns the smallest rendition of at least a size of a photo of a width and height
// in pixels, or the largest if all are smaller. It is zero if the width and height are unknown.
func BestRendition(width, height, size int) Rendition {
	var best Rendition
	for _, r := range Renditions(width, height) {
		if best.Size < size {
			best = r
		}
	}
	return best
}

const photoHashPattern = `[0-9a-f]{32}`

var photoHash = regexp.MustCompile(`^` + photoHashPattern + `$`)

// IsPhotoHash reports whether a text may be the hash of a kept photo: 32 lower-case hexadecimal
// digits, the first half of the SHA-256 of a file.
func IsPhotoHash(text string) bool { return photoHash.MatchString(text) }

// photoAddress matches the end of the address of a rendition.
var photoAddress = regexp.MustCompile(`^.*/(` + photoHashPattern + `)/(?:300|600|1200|2048)\.jpg$`)

// PhotoBase is the base URL of the renditions of kept photos, without a trailing slash. If it is
// empty, they are at /photos of the server.
type PhotoBase string

const photosPath = "/photos"

// NewPhotoBase returns the base URL of renditions: that of a bucket or a content delivery network,
// or, if that is empty, /photos of this server, whose own base URL may be empty.
func NewPhotoBase(bucketURL, publicURL string) PhotoBase {
	return PhotoBase(cmp.Or(bucketURL, publicURL+photosPath))
}

// Absolute returns an absolute base URL, given that of the server.
func (b PhotoBase) Absolute(publicURL string) PhotoBase {
	if b = cmp.Or(b, photosPath); strings.HasPrefix(string(b), "/") {
		return PhotoBase(publicURL) + b
	}
	return b
}

// Address returns the URL of a rendition.
func (b PhotoBase) Address(hash string, size int) string {
	return string(cmp.Or(b, photosPath)) + "/" + hash + "/" + strconv.Itoa(size) + ".jpg"
}

// Best returns the URL of the BestRendition of a photo for a size. For a photo that is not kept it
// returns the URL of the source.
func (b PhotoBase) Best(p Photo, size int) string {
	best := BestRendition(p.Width, p.Height, size)
	if p.Hash == "" || best.Size == 0 {
		return p.URL
	}
	return b.Address(p.Hash, best.Size)
}

// WithURLs returns photos with the URL that Best returns for MaxPhotoSize.
func (b PhotoBase) WithURLs(photos []Photo) []Photo {
	out := slices.Clone(photos)
	for i := range out {
		out[i].URL = b.Best(out[i], MaxPhotoSize)
	}
	return out
}

// renditionHash returns the hash in the URL of a rendition, or "" for other URLs.
func renditionHash(address string) string {
	if match := photoAddress.FindStringSubmatch(address); match != nil {
		return match[1]
	}
	return ""
}

// normalizePhotos turns relative addresses of renditions into references to kept photos, and
// removes duplicates.
func normalizePhotos(photos []Photo) []Photo {
	out := slices.Clone(photos)
	for i := range out {
		if p := &out[i]; strings.HasPrefix(p.URL, "/") && renditionHash(p.URL) != "" {
			p.Hash, p.URL = renditionHash(p.URL), ""
		}
	}
	return distinctPhotos(out)
}

// setCopy sets the kept copy of the photo.
func (p *Photo) setCopy(kept KeptPhoto) {
	p.Hash, p.BlurHash, p.Color, p.PerceptualHash = kept.Hash, kept.BlurHash, kept.Color, kept.PerceptualHash
	p.Width, p.Height = kept.Width, kept.Height
}

// IsSame reports whether two photos have the same source or, if one has none, the same kept copy.
func (p Photo) IsSame(other Photo) bool {
	if p.URL != "" && other.URL != "" {
		return p.URL == other.URL
	}
	return p.Hash != "" && p.Hash == other.Hash
}

// maxPhotoDistance is in how many bits the perceptual hashes of one picture may differ.
const maxPhotoDistance = 3

// LooksLike reports whether two kept photos seem to show the same picture, perhaps in other
// sizes or qualities.
func (p Photo) LooksLike(other Photo) bool {
	return p.PerceptualHash != 0 && other.PerceptualHash != 0 && bits.OnesCount64(p.PerceptualHash^other.PerceptualHash) <= maxPhotoDistance
}

func distinctPhotos(photos []Photo) []Photo {
	var out []Photo
	for _, p := range photos {
		if !slices.ContainsFunc(out, p.IsSame) {
			out = append(out, p)
		}
	}
	return out
}

func validatePhotos(photos []Photo) FieldErrors {
	var errs FieldErrors
	errs.Check(len(photos) <= MaxPhotos, "", errcode.TooMany, fmt.Sprintf("Must have at most %d entries.", MaxPhotos))
	for i, p := range photos {
		errs.Check(p.URL != "" || p.Hash != "", fmt.Sprintf("/%d/url", i), errcode.Required, "Must be an http or https URL.")
		errs.checkURL(fmt.Sprintf("/%d/url", i), p.URL)
	}
	return errs
}

// keepCopies returns photos with the kept copies and the sources of the same photos in known, and
// of known photos whose rendition is at their URL. If several known photos have the same copy, it
// uses each of them before it repeats one, so that photos can be sent back as they were read.
func keepCopies(photos, known []Photo) []Photo {
	out, left := slices.Clone(photos), slices.Clone(known)
	for i := range out {
		address := renditionHash(out[i].URL)
		isKnown := func(k Photo) bool { return k.IsSame(out[i]) || address != "" && k.Hash == address }
		at, from := slices.IndexFunc(left, isKnown), left
		if at < 0 {
			at, from = slices.IndexFunc(known, isKnown), known
		}
		if at >= 0 {
			k := from[at]
			left = slices.DeleteFunc(left, func(l Photo) bool { return l == k })
			if k.Hash == "" { // the source may have stated the dimensions
				k.Width, k.Height = out[i].Width, out[i].Height
			}
			k.Alt = out[i].Alt
			out[i] = k
		}
	}
	return out
}

// PhotoTx reads and writes kept photos, their sources, and which cats show them.
type PhotoTx interface {
	// KeptPhotos returns those of the kept photos that exist, by hash. They are not deleted
	// before the end of the transaction.
	KeptPhotos(ctx context.Context, hashes []string) (map[string]KeptPhoto, error)
	// QueuePhotoSources queues unknown URLs to be fetched soon, and returns those of the others
	// that were fetched before. SavePhotoSource waits for the end of the transaction.
	QueuePhotoSources(ctx context.Context, urls []string, at time.Time) ([]PhotoSource, error)
	// SavePhotoUses replaces what is stored about which photos cats show.
	SavePhotoUses(ctx context.Context, cats []Cat) error
	// ErasePhotos removes everything that is stored about the photos of cats. The copies that no
	// other cat shows are deleted immediately.
	ErasePhotos(ctx context.Context, cats []Cat) error
	// SaveKeptPhoto inserts a kept photo, or ensures that a known one is not deleted before
	// the time for which unused photos are kept. It returns ErrPhotoDeleting while the photo
	// is being deleted.
	SaveKeptPhoto(ctx context.Context, photo KeptPhoto) error
	// SavePhotoSource replaces the state of a known source. If it is no longer known, its
	// copy is deleted immediately unless a cat shows it.
	SavePhotoSource(ctx context.Context, source PhotoSource) error
	// CatsToShow returns the ids of up to limit cats with a source that do not show its current
	// state.
	CatsToShow(ctx context.Context, source PhotoSource, limit int) ([]string, error)
}

// PhotoSource is the address of a photo and the result of fetching it.
type PhotoSource struct {
	URL          string
	Hash         string // of the kept copy; empty if there is none
	ETag         string // of the last response with a photo, as LastModified
	LastModified string
	Failures     int       // since the last success
	FailingSince time.Time // zero if the last attempt succeeded
	Failure      string    // of the last attempt, for the shelter
	Missing      bool      // the source no longer has the photo
	CheckedAt    time.Time // the last attempt; zero: none
	NextAt       time.Time // when it is due
}

// Host returns the host of the URL.
func (s PhotoSource) Host() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func keptPhotos(ctx context.Context, tx PhotoTx) func(hashes []string) (map[string]KeptPhoto, error) {
	return func(hashes []string) (map[string]KeptPhoto, error) { return tx.KeptPhotos(ctx, hashes) }
}

// completePhotos sets the copies of photos to which an edit refers by hash, or by the address of a
// rendition. It returns an error for hashes that do not exist, unless the cat has them. The
// address of a rendition that does not exist here may be that of another server, and stays a source.
func (b *upsertBatch) completePhotos(photos, known []Photo) (FieldErrors, error) {
	var errs FieldErrors
	for i := range photos {
		p := &photos[i]
		hash := cmp.Or(p.Hash, renditionHash(p.URL))
		isKnown := func(k Photo) bool { return k.Hash == p.Hash }
		if hash == "" || p.Hash != "" && p.BlurHash != "" && (b.dryRun || slices.ContainsFunc(known, isKnown)) {
			continue
		}
		kept, err := b.keptPhotos([]string{hash})
		if err != nil {
			return nil, err
		}
		photo, ok := kept[hash]
		switch {
		case ok && p.Hash == "":
			p.URL = ""
			p.setCopy(photo)
		case ok:
			p.setCopy(photo)
		default:
			errs.Check(p.Hash == "", fmt.Sprintf("/photos/%d/url", i), errcode.UnknownPhoto, "This server has no photo at this address. Send the file again, or the address of the photo elsewhere.")
		}
	}
	return errs, nil
}

// attachPhotos sets the copies of photos whose sources were fetched before, queues the sources
// that are new, removes copies that no longer exist, and saves which photos the cats show.
func attachPhotos(ctx context.Context, tx Tx, batches []*upsertBatch) error {
	var cats []*Cat
	var at time.Time
	for _, b := range batches {
		for _, i := range b.shown {
			cats = append(cats, &b.results[i].Cat)
		}
		at = b.now
	}
	if len(cats) == 0 {
		return nil
	}
	if err := dropDeletedCopies(ctx, tx.Photos, cats); err != nil {
		return err
	}
	if err := attachSources(ctx, tx.Photos, cats, at); err != nil {
		return err
	}
	changed := make([]Cat, len(cats))
	for i, cat := range cats {
		changed[i] = *cat
	}
	return tx.Photos.SavePhotoUses(ctx, changed)
}

// dropDeletedCopies removes the copies that no longer exist from cats. This happens if a cat is
// listed again long after it was removed. A photo without a source is removed.
func dropDeletedCopies(ctx context.Context, tx PhotoTx, cats []*Cat) error {
	var hashes []string
	for _, cat := range cats {
		for _, p := range cat.Photos {
			if p.Hash != "" && cat.Status != Removed {
				hashes = append(hashes, p.Hash)
			}
		}
	}
	if len(hashes) == 0 {
		return nil
	}
	kept, err := tx.KeptPhotos(ctx, hashes)
	if err != nil {
		return err
	}
	for _, cat := range cats {
		for i := range cat.Photos {
			if _, ok := kept[cat.Photos[i].Hash]; !ok && cat.Status != Removed {
				cat.Photos[i].setCopy(KeptPhoto{Width: cat.Photos[i].Width, Height: cat.Photos[i].Height})
			}
		}
		cat.Photos = slices.DeleteFunc(cat.Photos, func(p Photo) bool { return p.URL == "" && p.Hash == "" })
	}
	return nil
}

// attachSources queues the new sources of photos without a copy, and sets the copies of those that
// were fetched before.
func attachSources(ctx context.Context, tx PhotoTx, cats []*Cat, at time.Time) error {
	var waiting []*Photo
	var urls []string
	for _, cat := range cats {
		for i := range cat.Photos {
			if p := &cat.Photos[i]; p.Hash == "" && cat.Status != Removed {
				waiting, urls = append(waiting, p), append(urls, p.URL)
			}
		}
	}
	if len(urls) == 0 {
		return nil
	}
	slices.Sort(urls) // concurrent writes of the same URLs must not deadlock
	known, err := tx.QueuePhotoSources(ctx, slices.Compact(urls), at)
	if err != nil || len(known) == 0 {
		return err
	}
	sources, hashes := make(map[string]PhotoSource, len(known)), make([]string, 0, len(known))
	for _, s := range known {
		sources[s.URL] = s
		hashes = append(hashes, s.Hash)
	}
	kept, err := tx.KeptPhotos(ctx, hashes)
	if err != nil {
		return err
	}
	for _, p := range waiting {
		source := sources[p.URL]
		p.SourceMissing = source.Missing
		if copied, ok := kept[source.Hash]; ok {
			p.setCopy(copied)
		}
	}
	return nil
}

// NewPhotoGrace is the minimum time for which a photo is kept before the first cat shows it.
const NewPhotoGrace = 24 * time.Hour

// ErrPhotoDeleting reports that a photo cannot be recorded yet, because its unused copy is being
// deleted. This takes a few seconds.
var ErrPhotoDeleting error = Errorf(Unavailable, errcode.Overloaded, "The unused copy of this photo is being deleted. Send it again after the time in Retry-After.")

// SaveKeptPhoto records a kept photo, whose files are stored already. It is deleted after
// some time unless a cat shows it. The error is ErrPhotoDeleting if the photo is being deleted.
func (c *Catalog) SaveKeptPhoto(ctx context.Context, photo KeptPhoto) error {
	err := c.store.Write(ctx, func(tx Tx) error { return tx.Photos.SaveKeptPhoto(ctx, photo) })
	return wrap(err, "save photo %s", photo.Hash)
}

// photoBatch is the number of cats to which one transaction adds the copy of a photo.
const photoBatch = 200

// SavePhotoSource records an attempt to fetch a photo, and makes the cats that have this
// source show its copy, which must be recorded already. This changes these cats. Cats that
// show the copy stay as they are.
func (c *Catalog) SavePhotoSource(ctx context.Context, source PhotoSource) error {
	for done := false; !done; {
		err := c.write(ctx, "fetch_photo", func(tx Tx) ([]Change, error) {
			ids, err := tx.Photos.CatsToShow(ctx, source, photoBatch)
			if err != nil {
				return nil, err
			}
			var kept KeptPhoto
			if source.Hash != "" {
				copies, err := tx.Photos.KeptPhotos(ctx, []string{source.Hash})
				if err != nil {
					return nil, err
				}
				var ok bool
				if kept, ok = copies[source.Hash]; !ok { // it was deleted meanwhile
					source.Hash, source.ETag, source.LastModified = "", "", ""
					source.NextAt = source.CheckedAt
				}
			}
			changes, err := c.showPhoto(ctx, tx, ids, source, kept) // locks the shelters, as writes of cats do first
			if err != nil {
				return nil, err
			}
			if err := tx.Photos.SavePhotoSource(ctx, source); err != nil {
				return nil, err
			}
			others, err := tx.Photos.CatsToShow(ctx, source, 1) // also those that were written while this waited
			done = len(others) == 0 || len(ids) > 0 && len(changes) == 0
			return changes, err
		})
		if err != nil {
			return wrap(err, "save the source of a photo of %s", source.Host()) // the URL may contain a secret
		}
	}
	return nil
}

// QueuePhotos queues the unknown sources of the photos of up to limit cats whose number is greater
// than after, and returns the number of the last of these cats; 0 if there are no more. It is for
// cats that were written by versions that kept no photos.
func (c *Catalog) QueuePhotos(ctx context.Context, after int64, limit int) (last int64, err error) {
	err = c.write(ctx, "queue_photos", func(tx Tx) ([]Change, error) {
		last = 0
		found, err := tx.Cats.CatsAfter(ctx, after, limit)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		last = found[len(found)-1].Number
		var ids []string
		for _, cat := range found {
			if len(cat.Photos) > 0 {
				ids = append(ids, cat.ID)
			}
		}
		if len(ids) == 0 {
			return nil, nil
		}
		cats, err := tx.Cats.CatsByID(ctx, ids) // again, now that their shelters are locked
		if err != nil {
			return nil, err
		}
		return c.attachSourcesOf(ctx, tx, cats)
	})
	return last, wrap(err, "queue the photos of cats after number %d", after)
}

// attachSourcesOf is attachPhotos for cats that are not changed otherwise. It returns the log
// entries of those whose photos change.
func (c *Catalog) attachSourcesOf(ctx context.Context, tx Tx, known []Cat) ([]Change, error) {
	cats, attached := slices.Clone(known), make([]*Cat, len(known))
	for i := range cats {
		cats[i].Photos, attached[i] = slices.Clone(cats[i].Photos), &cats[i]
	}
	if err := attachSources(ctx, tx.Photos, attached, c.now()); err != nil {
		return nil, err
	}
	return c.savePhotos(ctx, tx, known, cats)
}

// savePhotos saves the photos of cats, which differ from the known ones in nothing else, and
// returns the log entries of those that differ.
func (c *Catalog) savePhotos(ctx context.Context, tx Tx, known, cats []Cat) ([]Change, error) {
	var changed []Cat
	var changes []Change
	for i := range cats {
		if !slices.Equal(cats[i].Photos, known[i].Photos) {
			cats[i].Version, cats[i].UpdatedAt = known[i].Version+1, c.now()
			changed = append(changed, cats[i])
			changes = append(changes, newCatChange(Updated, known[i], cats[i], []string{"photos"}))
		}
	}
	if err := tx.Photos.SavePhotoUses(ctx, cats); err != nil {
		return nil, err
	}
	return changes, tx.Cats.SaveCats(ctx, nil, changed)
}

// AddPhotoSource records the copy of a photo at an address, which is recorded already, like
// SavePhotoSource, but also if no cat has this source yet.
func (c *Catalog) AddPhotoSource(ctx context.Context, source PhotoSource) error {
	err := c.store.Write(ctx, func(tx Tx) error {
		_, err := tx.Photos.QueuePhotoSources(ctx, []string{source.URL}, source.NextAt)
		return err
	})
	if err != nil {
		return wrap(err, "add the source of a photo %s", source.URL)
	}
	return c.SavePhotoSource(ctx, source)
}

// showPhoto makes cats show the copy of a source, and returns the log entries.
func (c *Catalog) showPhoto(ctx context.Context, tx Tx, ids []string, source PhotoSource, kept KeptPhoto) ([]Change, error) {
	cats, err := tx.Cats.CatsByID(ctx, ids)
	if err != nil || len(cats) == 0 {
		return nil, err
	}
	shown := slices.Clone(cats)
	for i := range shown {
		shown[i].Photos = slices.Clone(shown[i].Photos)
		for j := range shown[i].Photos {
			if p := &shown[i].Photos[j]; p.URL == source.URL {
				p.SourceMissing = source.Missing
				if kept.Hash != "" {
					p.setCopy(kept)
				}
			}
		}
	}
	return c.savePhotos(ctx, tx, cats, shown)
}
