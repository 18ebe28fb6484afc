package httpkit

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

const (
	maxFormFields = 20
	maxFormField  = 1000 // bytes
)

// IsForm reports whether the body of a request is a multipart form.
func IsForm(r *http.Request) bool {
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)) // empty with an error
	return mediaType == echo.MIMEMultipartForm
}

// FormReader returns a reader of the multipart form of a request, whose body is body.
func FormReader(r *http.Request, body io.Reader) *multipart.Reader {
	_, params, _ := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)) // without a boundary the form cannot be parsed
	return multipart.NewReader(body, params["boundary"])
}

// SpoolFormFile reads the multipart form of a request. It returns the file, which is in the part
// "file", as SpoolBody does, and the other fields.
func SpoolFormFile(r *http.Request, dir string) (file *SpooledBody, fields url.Values, err error) {
	fields, form := url.Values{}, FormReader(r, r.Body)
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF) && file != nil:
			return file, fields, nil
		case errors.Is(err, io.EOF):
			err = malformedForm("The form has no file. Send it in a part named file: curl -F file=@pets.csv.")
		case err != nil:
			err = FormError(err)
		case part.FormName() == "file" && file != nil:
			err = malformedForm("The form has several files. Send one file in a request, or a zip file for a table with an import.cfg.")
		case part.FormName() == "file":
			if file, err = spool(part, dir); errors.Is(err, io.ErrUnexpectedEOF) {
				err = FormError(err)
			}
		case part.FileName() != "":
			err = malformedForm(fmt.Sprintf("Unknown part %q with a file. Send the file in a part named file: curl -F file=@pets.csv.", part.FormName()))
		default:
			err = addField(fields, part)
		}
		if err != nil {
			if file != nil {
				err = errors.Join(err, file.Close())
			}
			return nil, nil, err
		}
	}
}

// addField reads a part that is no file.
func addField(fields url.Values, part *multipart.Part) error {
	value, err := io.ReadAll(io.LimitReader(part, maxFormField+1))
	switch {
	case err != nil:
		return FormError(err)
	case len(value) > maxFormField, len(fields) >= maxFormFields:
		return malformedForm(fmt.Sprintf("The form has too many or too long fields. It may have %d besides the file, of %d bytes.", maxFormFields, maxFormField))
	}
	fields.Add(part.FormName(), string(value))
	return nil
}

func malformedForm(detail string) error {
	return catalog.Errorf(catalog.Malformed, errcode.MalformedForm, "%s", detail)
}

// FormError returns the error for the caller if a form could not be read.
func FormError(err error) error {
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	_, unreadable := errors.AsType[*httpError](err)
	if tooLarge || unreadable {
		return fmt.Errorf("read body: %w", err)
	}
	return malformedForm("The form cannot be parsed. Check that it is complete and that Content-Type names its boundary.")
}

// writeFormDigest writes what a multipart form contains to a hash, without the boundary, which
// clients choose at random.
func writeFormDigest(to hash.Hash, form *multipart.Reader) error {
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		content := sha256.New()
		if err == nil {
			_, err = io.Copy(content, part)
		}
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(to, "%q %q %x\n", part.FormName(), part.FileName(), content.Sum(nil)) // a hash returns no errors
	}
}
