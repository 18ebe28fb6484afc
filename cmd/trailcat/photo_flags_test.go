package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// photoFlagsOf returns the flags of a command line.
func photoFlagsOf(t *testing.T, args ...string) photoFlags {
	t.Helper()
	var flags photoFlags
	parser, err := kong.New(&flags)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	return flags
}

func TestPhotoFlags_Directory(t *testing.T) {
	t.Parallel()

	const bucket = "--photo-store=s3://photos"
	for _, tt := range []struct {
		database string
		args     []string
		want     string
		keeps    bool
	}{
		{"sqlite:trailcat.db", nil, "trailcat.db-photos", true},
		{"sqlite:///var/lib/trailcat.db", nil, "/var/lib/trailcat.db-photos", true},
		{"sqlite:trailcat.db", []string{"--photo-dir=off"}, "", false},
		{"sqlite:trailcat.db", []string{"--photo-dir=/srv/photos"}, "/srv/photos", true},
		{"sqlite:trailcat.db", []string{bucket}, "", true},
		{"postgres://db/cats", nil, "", false},
		{"postgres://db/cats", []string{"--photo-dir=/srv/photos"}, "/srv/photos", true},
		{"postgres://db/cats", []string{bucket}, "", true},
	} {
		flags := photoFlagsOf(t, tt.args...)
		if got, keeps := flags.photoDirectory(tt.database), flags.keepsPhotos(tt.database); got != tt.want || keeps != tt.keeps {
			t.Errorf("%s %v: got directory %q, keeps photos %t, want %q, %t", tt.database, tt.args, got, keeps, tt.want, tt.keeps)
		}
	}
}

func TestPhotoFlags_Check(t *testing.T) {
	t.Parallel()

	for _, tt := range []struct {
		args []string
		want string // empty: accepted
	}{
		{nil, ""},
		{[]string{"--photo-dir=off"}, ""},
		{[]string{"--photo-store=s3://photos/cats?region=eu-central-1", "--photo-base-url=https://photos.example.org/cats"}, ""},
		{[]string{"--photo-store=s3://photos", "--photo-dir=photos"}, "cannot be used together"},
		{[]string{"--photo-store=photos"}, "--photo-store"},
		{[]string{"--photo-store=s3://photos?regoin=eu"}, "unknown parameter"},
		{[]string{"--photo-store=s3://key:secret@photos"}, "AWS_ACCESS_KEY_ID"},
		{[]string{"--photo-base-url=photos.example.org"}, "--photo-base-url"},
		{[]string{"--photo-base-url=https://me:secret@photos.example.org"}, "--photo-base-url"},
		{[]string{"--photo-base-url=https://photos.example.org?size=300"}, "--photo-base-url"},
	} {
		err := photoFlagsOf(t, tt.args...).check()
		if (err == nil) != (tt.want == "") || !strings.Contains(fmt.Sprint(err), tt.want) || strings.Contains(fmt.Sprint(err), "secret@") {
			t.Errorf("%v: got error %v, want %q", tt.args, err, tt.want)
		}
	}
}

func TestPhotoFlags_BaseURL(t *testing.T) {
	t.Parallel()

	if got := photoFlagsOf(t).photoBaseURL(); got != "" {
		t.Errorf("without the flag: got %q, want none", got)
	}
	if got, want := photoFlagsOf(t, "--photo-base-url=https://photos.example.org/cats/").photoBaseURL(), "https://photos.example.org/cats"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A store that cannot be used is noticed when it is opened.
func TestPhotoFlags_Open(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	database := "sqlite:" + filepath.Join(dir, "trailcat.db")
	store, err := photoFlagsOf(t).openPhotos(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "trailcat.db-photos")); err != nil || len(entries) != 0 {
		t.Errorf("got %v, error %v, want an empty directory beside the database", entries, err)
	}
	arg := "--photo-dir=" + filepath.Join(dir, "none", "photos")
	if _, err := photoFlagsOf(t, arg).openPhotos(t.Context(), database); !strings.Contains(fmt.Sprint(err), "--photo-dir") {
		t.Errorf("%s: got error %v, want one that names the flag", arg, err)
	}
}

func TestPhotoFlags_OpenBucketThatCannotBeReached(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	const want = "bucket photos at http://127.0.0.1:1: "
	if _, err := photoFlagsOf(t, "--photo-store=s3://photos?endpoint=http://127.0.0.1:1").openPhotos(t.Context(), defaultDatabase); !strings.Contains(fmt.Sprint(err), want) || !strings.Contains(fmt.Sprint(err), "refused") {
		t.Errorf("got error %v, want %q and that the connection was refused", err, want)
	}
}
