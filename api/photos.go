package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/catjson"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
	"trailcat/internal/photo/files"
)

// PhotoKeeper keeps copies of photos.
type PhotoKeeper interface {
	// Keep reads a photo, stores its renditions, and records it. A photo that is kept already
	// stays as it is. The error is one for the caller if the file cannot be read, or if too many
	// photos wait.
	Keep(ctx context.Context, file []byte) (catalog.KeptPhoto, error)
	// Read returns what would be kept of a photo, and stores nothing.
	Read(ctx context.Context, file []byte) (catalog.KeptPhoto, error)
	// CheckQuota returns an error if a shelter has as many photos as it may have, unless its
	// cats show the photo in a file already.
	CheckQuota(ctx context.Context, shelter catalog.Shelter, file []byte) error
}

// PhotoFiles returns the files of kept photos.
type PhotoFiles interface {
	// Open returns a rendition. The error is fs.ErrNotExist if there is none.
	Open(ctx context.Context, hash string, size int) (*files.File, error)
}

// addCatPhotos adds photos to a cat.
//
//	@Summary		Add photos to a cat
//	@Description	Adds photos after those that the cat has. The body is the file of one photo; or a form with several files and, optionally, a field
//	@Description	`photos`: a JSON array with the order, as in `[{"file":"front","alt":"Kenny on a chair"},{"url":"https://example.org/2.jpg"}]`, where
//	@Description	`file` is the name of the field with the file; of several files in fields of one name, the next. Without it, the order is that of the files.
//	@Description
//	@Description	JPEG, PNG, WebP, GIF and HEIC files of up to 20 MB are read, whatever their names and types say. The server keeps them as JPEG files of up
//	@Description	to 2048 pixels, turned upright, without any metadata such as the place. A photo that the cat has already is not added again. If one of the
//	@Description	files cannot be read, nothing is added.
//	@ID				addCatPhotos
//	@Tags			writing
//	@Accept			jpeg,application/octet-stream,multipart/form-data
//	@Produce		json
//	@Param			id			path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			alt			query		string			false	"Alternative text of the photo, if the body is its file"	maxlength(2000)
//	@Param			If-Match		header		string			false	"ETag of the version to change; if omitted, any version"
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key and body within 24 hours returns the same response and adds nothing"
//	@Param			body			body		string			true	"The file, or a form with files"
//	@Success		200			{object}	wire.WrittenCat		"The cat, updated or unchanged"
//	@Header			200			{string}	ETag			"Version of the cat, for If-Match"
//	@Header			200			{string}	Trailcat-Result	"Result of the write: updated or unchanged"
//	@Failure		409			{object}	httpkit.Problem	"The shelter has as many photos as it may have"
//	@Failure		410			{object}	httpkit.Problem	"The cat was removed"
//	@Failure		412			{object}	httpkit.Problem	"The cat changed in the meantime"
//	@Failure		422			{object}	httpkit.Problem	"A file is not a photo that the server reads, is damaged or is too large"
//	@Failure		503			{object}	httpkit.Problem	"Too many photos wait, or the server keeps no photos"
//	@Failure		default		{object}	httpkit.Problem	"The request failed; the problem says why"
//	@x-photo-form	true
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/cats/{id}/photos [post]
func (a *API) addCatPhotos(c echo.Context) error {
	cat, err := a.ownedListedCat(c)
	if err != nil {
		return err
	}
	photos, err := a.receivePhotos(c, cat)
	if err != nil {
		return err
	}
	return a.changeCat(c, cat, func(f *catalog.Facts) { f.Photos = slices.Concat(f.Photos, photos) }, nil)
}

// receivePhotos keeps the photos in a request that contains files, and returns them in order.
func (a *API) receivePhotos(c echo.Context, cat catalog.Cat) ([]catalog.Photo, error) {
	if a.Photos == nil {
		return nil, catalog.Errorf(catalog.Misconfigured, errcode.PhotosNotKept, "This server keeps no photos. Send the addresses of the photos with PUT, or ask its operator to set --photo-dir or --photo-store.")
	}
	if err := a.checkUnchanged(c, cat); err != nil {
		return nil, err
	}
	shelter, err := a.shelterOf(c.Request().Context(), cat)
	if err != nil {
		return nil, err
	}
	keep := func(file io.Reader) (catalog.Photo, error) {
		return a.keepPhoto(c.Request().Context(), shelter, file, principalFrom(c).Test)
	}
	alt := strings.TrimSpace(c.QueryParam("alt"))
	if httpkit.IsForm(c.Request()) {
		if alt != "" {
			return nil, badAlt(errcode.Conflict, "Must be omitted with a form. Put the alternative texts into its field photos.")
		}
		return receivePhotoForm(c, keep)
	}
	if utf8.RuneCountInString(alt) > catjson.MaxTextLength {
		return nil, badAlt(errcode.TooLong, fmt.Sprintf("Must have at most %d characters.", catjson.MaxTextLength))
	}
	if mediaType, _, _ := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType)); mediaType == echo.MIMEApplicationJSON {
		return nil, catalog.Errorf(catalog.Invalid, errcode.UnsupportedImage, "The body is JSON, but POST adds files. Send all photos of the cat as JSON with PUT, or a file or a form with POST.")
	}
	photo, err := keep(c.Request().Body)
	photo.Alt = alt
	return []catalog.Photo{photo}, err
}

func badAlt(code errcode.Code, message string) error {
	return catalog.FieldErrors{{Parameter: "alt", Code: code, Message: message}}.Err(catalog.Malformed)
}

// checkUnchanged returns an error if the cat is not at the version in If-Match, so that no photos
// are kept for a write that would be rejected.
func (a *API) checkUnchanged(c echo.Context, cat catalog.Cat) error {
	version, err := httpkit.IfMatch(c, a.Index.Head())
	if err != nil {
		return err
	}
	return catalog.CheckVersion("cat", cat.Version, version)
}

// keepPhoto keeps a photo, or only reads it if nothing may be stored.
func (a *API) keepPhoto(ctx context.Context, shelter catalog.Shelter, file io.Reader, testOnly bool) (catalog.Photo, error) {
	content, err := io.ReadAll(io.LimitReader(file, catalog.MaxPhotoBytes+1)) // Keep rejects a larger one
	if err != nil {
		return catalog.Photo{}, fmt.Errorf("read a photo: %w", err)
	}
	if err := a.Photos.CheckQuota(ctx, shelter, content); err != nil {
		return catalog.Photo{}, err
	}
	keep := a.Photos.Keep
	if testOnly {
		keep = a.Photos.Read
	}
	kept, err := keep(ctx, content)
	return kept.Photo(), err
}

// maxPhotosBody is the maximum size of the files of a request together, in bytes.
const maxPhotosBody = 100 << 20

const (
	photosField   = "photos"
	maxPhotosText = 1 << 20
)

// receivePhotoForm keeps the photos in a form one by one, so that only one at a time is in memory.
func receivePhotoForm(c echo.Context, keep func(io.Reader) (catalog.Photo, error)) ([]catalog.Photo, error) {
	form := httpkit.FormReader(c.Request(), c.Request().Body)
	var order []byte
	var photos []catalog.Photo
	kept := map[string][]catalog.Photo{} // by the name of the field
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, httpkit.FormError(err)
		}
		name := part.FormName()
		switch {
		case name == photosField && part.FileName() == "":
			if order, err = io.ReadAll(io.LimitReader(part, maxPhotosText)); err != nil {
				return nil, httpkit.FormError(err)
			}
			continue
		case len(photos) == catalog.MaxPhotos:
			return nil, catalog.Errorf(catalog.Invalid, errcode.TooMany, "A cat has at most %d photos. Send fewer.", catalog.MaxPhotos)
		}
		photo, err := keepPart(part, name, keep)
		if err != nil {
			return nil, err
		}
		photos, kept[name] = append(photos, photo), append(kept[name], photo)
	}
	if order != nil {
		return orderPhotos(order, kept)
	}
	if len(photos) == 0 {
		return nil, catalog.Errorf(catalog.Malformed, errcode.MalformedForm, "The form has no file. Send each photo in a field of its own, as curl does with -F photo=@kenny.jpg.")
	}
	return photos, nil
}

// keepPart keeps the photo in a part of a form. Errors name the part.
func keepPart(part *multipart.Part, name string, keep func(io.Reader) (catalog.Photo, error)) (catalog.Photo, error) {
	photo, err := keep(part)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return catalog.Photo{}, httpkit.FormError(err)
	}
	e, ok := errors.AsType[*catalog.Error](err)
	switch {
	case ok && e.Code == errcode.UnsupportedImage && part.FileName() == "":
		return catalog.Photo{}, catalog.Errorf(e.Kind, e.Code, "The field %q is not a file. Send the photo as a file, as curl does with -F %s=@kenny.jpg. Nothing was changed.", name, name)
	case ok && e.Kind != catalog.Unavailable:
		return catalog.Photo{}, catalog.Errorf(e.Kind, e.Code, "The file in the field %q: %s Nothing was changed.", name, e.Detail)
	default:
		return photo, err
	}
}

// orderPhotos returns the photos that a JSON array lists: files of a form, and photos on the web.
func orderPhotos(order []byte, kept map[string][]catalog.Photo) ([]catalog.Photo, error) {
	drafts, errs := catjson.ReadPhotoOrder(order)
	photos := make([]catalog.Photo, 0, len(drafts))
	for i, d := range drafts {
		photo := d.Photo
		if d.File != "" {
			if len(kept[d.File]) == 0 {
				errs.Check(false, fmt.Sprintf("/%d/file", i), errcode.UnknownValue, fmt.Sprintf("The form has no file, or no further one, in a field %q.", d.File))
				continue
			}
			photo, kept[d.File] = kept[d.File][0], kept[d.File][1:]
			photo.Alt = d.Alt
		}
		photos = append(photos, photo)
	}
	if len(errs) > 0 {
		return nil, errs.Err(catalog.Invalid)
	}
	for name, rest := range kept {
		errs.Check(len(rest) == 0, "", errcode.Required, fmt.Sprintf("A file in the field %q is not in the array. Add it, or do not send the file.", name))
	}
	return photos, errs.Err(catalog.Invalid)
}

// servedPhotoAge is how long a photo is still sent after no cat shows it any more.
const servedPhotoAge = 30 * time.Second

const maxServedPhotos = 20_000

// servedPhoto is a photo that a cat showed at a time.
type servedPhoto struct {
	catalog.KeptPhoto

	at time.Time
}

func newServedPhotos() *lru.Cache[string, servedPhoto] {
	photos, _ := lru.New[string, servedPhoto](maxServedPhotos) // fails only if the size is not positive
	return photos
}

// getPhoto sends a photo in one size.
//
//	@Summary		Get a photo
//	@Description	Returns a photo that a cat shows as a JPEG file whose longest side has at most the pixels in its name: 300, 600, 1200 or 2048. Of a smaller
//	@Description	photo it returns the largest size. What an address returns never changes, so it may be cached forever; once no cat shows the photo, it
//	@Description	returns 404 within a minute. The addresses are in `sizes` of the photos of a cat.
//	@ID				getPhoto
//	@Tags			cats
//	@Produce		jpeg
//	@Param			hash			path		string	true	"Hash of the photo"	example(a1cf2863a6d43046df108d2bf6719d05)
//	@Param			file			path		string	true	"Size: 300.jpg, 600.jpg, 1200.jpg or 2048.jpg"	example(600.jpg)
//	@Param			Range			header		string	false	"Part of the file"
//	@Param			If-None-Match	header		string	false	"ETag of a file that is known"
//	@Success		200				{file}		binary	"The photo"
//	@Header			200				{string}	ETag	"Identifies the file"
//	@Success		206				{file}		binary	"Part of the file"
//	@Success		304				"The file is known"
//	@Failure		404				{object}	httpkit.Problem	"No cat shows a photo of this address"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/photos/{hash}/{file} [get]
func (a *API) getPhoto(c echo.Context) error {
	hash, name := c.Param("hash"), c.Param("file")
	size, _ := strconv.Atoi(strings.TrimSuffix(name, ".jpg"))
	if a.PhotoFiles == nil || !catalog.IsPhotoHash(hash) || !slices.Contains(catalog.PhotoSizes(), size) || name != strconv.Itoa(size)+".jpg" {
		return catalog.NotFoundError("photo", hash+"/"+name)
	}
	kept, err := a.findServedPhoto(c.Request().Context(), hash)
	if err != nil {
		return err
	}
	best := catalog.BestRendition(kept.Width, kept.Height, size)
	file, err := a.PhotoFiles.Open(c.Request().Context(), hash, best.Size)
	if errors.Is(err, fs.ErrNotExist) { // it was deleted a moment ago, or is lost
		a.servedPhotos.Remove(hash)
		return catalog.NotFoundError("photo", hash+"/"+name)
	}
	if err != nil {
		return fmt.Errorf("open photo %s: %w", hash, err)
	}
	defer func() { _ = file.Close() }() // only read
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "image/jpeg")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", fmt.Sprintf(`"%s-%d"`, hash, best.Size))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, file)
	return nil
}

// findServedPhoto returns a kept photo that a cat shows, or showed within servedPhotoAge.
func (a *API) findServedPhoto(ctx context.Context, hash string) (catalog.KeptPhoto, error) {
	if served, ok := a.servedPhotos.Get(hash); ok && a.Now().Sub(served.at) < servedPhotoAge {
		return served.KeptPhoto, nil
	}
	kept, err := a.Store.KeptPhoto(ctx, hash)
	if err == nil {
		a.servedPhotos.Add(hash, servedPhoto{KeptPhoto: kept, at: a.Now()})
	}
	return kept, err
}
