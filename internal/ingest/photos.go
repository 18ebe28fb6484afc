package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// KeepPhoto keeps the photo in a file, which is valid until it returns. Errors of the kinds catalog.Invalid and catalog.Conflict
// concern this photo only; any other stops the import.
type KeepPhoto func(ctx context.Context, file []byte) (catalog.KeptPhoto, error)

// photoExtensions are the extensions of photos in a zip file.
var photoExtensions = []string{".jpg", ".jpeg", ".png", ".webp", ".gif", ".heic", ".heif"}

// photoFiles are the photos in a zip file, by lower-case name without folders.
type photoFiles map[string]*zip.File

func photoName(name string) string {
	return strings.ToLower(path.Base(strings.ReplaceAll(strings.TrimSpace(name), `\`, "/")))
}

// rowPhotos are the photos of the zip file that a row names. A nil *rowPhotos has none.
type rowPhotos struct {
	files  photoFiles
	named  []string             // in the first pass over the row
	kept   map[string]photoFile // in the second pass
	faults []rowWarning
}

// photoFile is a photo that a row names.
type photoFile struct {
	kept  catalog.KeptPhoto // zero if it is not kept
	fault catalog.FieldError
}

// add adds the photo of a name, unless it could not be kept. It returns false if there is no such
// file.
func (p *rowPhotos) add(photos []catalog.Photo, name string) ([]catalog.Photo, bool) {
	if p == nil || p.files[photoName(name)] == nil {
		return photos, false
	}
	if name = photoName(name); p.kept == nil {
		p.named = append(p.named, name)
	}
	if kept := p.kept[name].kept; kept.Hash != "" {
		photos = append(photos, kept.Photo())
	}
	return photos, true
}

// addAll adds the photo of a name, or the photos of several names that are separated by commas,
// semicolons or vertical bars. It returns false unless there are files of all names.
func (p *rowPhotos) addAll(photos []catalog.Photo, names string) ([]catalog.Photo, bool) {
	if out, ok := p.add(photos, names); ok {
		return out, true
	}
	separate := strings.FieldsFunc(names, func(c rune) bool { return strings.ContainsRune(",;|", c) })
	if p == nil || slices.ContainsFunc(separate, func(name string) bool { return p.files[photoName(name)] == nil }) {
		return photos, false
	}
	for _, name := range separate {
		photos, _ = p.add(photos, name)
	}
	return photos, true
}

// warnings returns why photos of the row are not kept.
func (p *rowPhotos) warnings() []rowWarning {
	if p == nil {
		return nil
	}
	return p.faults
}

// byID returns the photos that are named by the ID of the cat, perhaps with a number from 1 on:
// A472536.jpg, A472536-1.jpg, A472536-2.jpg.
func (p *rowPhotos) byID(id string) []catalog.Photo {
	var photos []catalog.Photo
	name := id
	for n := 1; n <= catalog.MaxPhotos; n++ {
		found := false
		for _, extension := range photoExtensions {
			var ok bool
			photos, ok = p.add(photos, name+extension)
			found = found || ok
		}
		if !found && n > 1 {
			break
		}
		name = id + "-" + strconv.Itoa(n)
	}
	return photos
}

// WithPhotos returns the dataset with a function that keeps the photos beside the table of a zip
// file to which its rows refer.
func (d *Dataset) WithPhotos(keep KeepPhoto) *Dataset {
	out := *d
	out.keepPhoto, out.usedPhotos, out.photo = keep, map[string]photoFile{}, &bytes.Buffer{}
	return &out
}

// keepPhotos keeps the photos of the rows of a batch.
func (d *Dataset) keepPhotos(ctx context.Context, batch []record) error {
	if d.keepPhoto == nil || len(d.photos) == 0 {
		return nil
	}
	for i := range batch {
		r := &batch[i]
		r.photos = &rowPhotos{files: d.photos, named: nil, kept: nil, faults: nil}
		var read catalog.Facts
		source := d.photoField()
		if source != nil {
			d.reader(source, r).set(&read)
		}
		if len(read.Photos) == 0 && len(r.photos.named) == 0 {
			source = photosField
			r.photos.byID(r.id)
		}
		kept := map[string]photoFile{}
		for _, name := range r.photos.named {
			if _, ok := kept[name]; ok {
				continue
			}
			file, ok := d.usedPhotos[name]
			if !ok {
				var err error
				if file, err = d.keep(ctx, name); err != nil {
					return fmt.Errorf("keep the photo %s of line %d: %w", name, r.line, err)
				}
			}
			kept[name], d.usedPhotos[name] = file, file
			if file.kept.Hash == "" {
				r.photos.faults = append(r.photos.faults, rowWarning{field: source, words: name, refused: file.fault, isExact: true})
			}
		}
		r.photos.kept = kept
	}
	return nil
}

// photosField is the field of a photo that no column names.
var photosField = &field{name: "photos"} //nolint:exhaustruct_v5 // it reads no column

// photoField returns the field of the photos, or nil if the file has no column for them.
func (d *Dataset) photoField() *field {
	i := slices.IndexFunc(d.fields, func(f *field) bool { return f.name == photosField.name })
	if i < 0 {
		return nil
	}
	return d.fields[i]
}

// keep keeps a photo of the zip file.
func (d *Dataset) keep(ctx context.Context, name string) (photoFile, error) {
	err := readPhoto(d.photos[name], d.photo)
	if err == nil {
		var kept catalog.KeptPhoto
		if kept, err = d.keepPhoto(ctx, d.photo.Bytes()); err == nil {
			return photoFile{kept: kept, fault: catalog.FieldError{}}, nil
		}
	}
	e, ok := errors.AsType[*catalog.Error](err)
	if !ok || e.Kind != catalog.Invalid && e.Kind != catalog.Conflict && e.Kind != catalog.Malformed {
		return photoFile{}, err
	}
	return photoFile{kept: catalog.KeptPhoto{}, fault: catalog.FieldError{Pointer: "/photos", Parameter: "", Code: e.Code, Message: e.Detail}}, nil
}

// readPhoto reads a file of a zip file into a buffer, which it empties first.
func readPhoto(entry *zip.File, content *bytes.Buffer) error {
	in, err := openEntry(entry)
	if err != nil {
		return err
	}
	content.Reset()
	content.Grow(int(min(entry.UncompressedSize64, catalog.MaxPhotoBytes)) + bytes.MinRead)
	n, err := content.ReadFrom(io.LimitReader(in, catalog.MaxPhotoBytes+1)) // whatever the zip file says about its size
	if err == nil && n > catalog.MaxPhotoBytes {
		err = catalog.Errorf(catalog.Invalid, errcode.ImageTooLarge, "The file has more than %d MB. Send a smaller version.", catalog.MaxPhotoBytes>>20)
	}
	return err
}
