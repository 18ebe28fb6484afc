// Package tempfile creates temporary files of which nothing remains when they are closed or
// the process ends.
//
// It depends on no other package and does not know what the files contain.
package tempfile

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

// removeAtClose is true where the name of an open file cannot be removed. There a file remains
// if the process is killed.
const removeAtClose = runtime.GOOS == "windows"

// File is an open temporary file, which only its owner may read.
type File struct{ *os.File }

// Create creates a file in a directory, or in that of the system if dir is empty. The
// pattern is that of os.CreateTemp. Where that is possible, its name is removed at once.
func Create(dir, pattern string) (*File, error) {
	file, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return nil, fmt.Errorf("create a temporary file: %w", err)
	}
	if !removeAtClose {
		if err := os.Remove(file.Name()); err != nil {
			return nil, errors.Join(fmt.Errorf("remove the name of a temporary file: %w", err), file.Close())
		}
	}
	return &File{file}, nil
}

// Close closes the file and removes it.
func (f *File) Close() error {
	err := f.File.Close()
	if removeAtClose {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}
