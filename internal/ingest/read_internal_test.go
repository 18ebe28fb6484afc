package ingest

import (
	"io/fs"
	"testing"
)

// The superuser may read every file, so the test calls openError directly.
func TestOpenFile_NoPermission(t *testing.T) {
	t.Parallel()

	err := openError("cats.csv", &fs.PathError{Op: "open", Path: "cats.csv", Err: fs.ErrPermission})
	const want = "No permission to read cats.csv. Change the permissions of the file."
	if err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
