package ingest

import (
	"io/fs"
	"testing"
)

// The superuser may read everything, so no file can be made for this test.
func TestAFileThatMayNotBeReadSaysSo(t *testing.T) {
	t.Parallel()

	err := openError("cats.csv", &fs.PathError{Op: "open", Path: "cats.csv", Err: fs.ErrPermission})
	const want = "cats.csv may not be read by this user. Change its permissions."
	if err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
