package files_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"trailcat/internal/photo/files"
)

// s3ServerVersion is the version of Versity S3 Gateway that the tests start.
const s3ServerVersion = "v1.8.0"

// TestBucket_OnAServer runs the tests of stores on Versity S3 Gateway, an S3 server that shares no
// code with the client and checks signatures.
//
//nolint:paralleltest // its parts run one after the other, until the server is stopped
func TestBucket_OnAServer(t *testing.T) {
	if os.Getenv("TRAILCAT_TEST_S3") == "" {
		t.Skip("set TRAILCAT_TEST_S3 to build and start an S3 server")
	}
	t.Parallel()

	endpoint, stop := startS3Server(t)
	var buckets atomic.Int32
	t.Run("stores", func(t *testing.T) {
		testStore(t, func(t *testing.T) storage {
			t.Helper()
			return newBucket(t, endpoint, fmt.Sprintf("photos-%d", buckets.Add(1)))
		})
	})
	store := newBucket(t, endpoint, "photos").store
	put(t, store, 1)
	t.Run("headers", func(t *testing.T) {
		info, err := client(t, endpoint).StatObject(t.Context(), "photos", "cat/photos/"+hashOf(1)+"/300.jpg", minio.StatObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Metadata.Get("Cache-Control"); got != "public, max-age=31536000, immutable" || info.ContentType != "image/jpeg" {
			t.Errorf("got Cache-Control %q and Content-Type %q", got, info.ContentType)
		}
	})
	t.Run("missing bucket", func(t *testing.T) {
		checkFailures(t, openBucket(t, endpoint, "none"), "bucket none", "create it, or correct the URL")
	})
	for _, tt := range []struct{ name, key, secret, want string }{
		{"wrong secret", accessKey, "wrong", "check the credentials"},
		{"unknown key", "unknown", secretKey, "access key ID"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store, err := files.OpenS3With(bucketURL(t, endpoint, "photos"), tt.key, tt.secret, patience)
			if err != nil {
				t.Fatal(err)
			}
			checkFailures(t, store, "bucket photos", tt.want)
		})
	}
	t.Run("stopped", func(t *testing.T) {
		stop()
		checkFailures(t, store, "bucket photos", "connection refused")
	})
}

// startS3Server starts a server on an empty directory until the test ends or stop is called.
func startS3Server(t *testing.T) (endpoint string, stop func()) {
	t.Helper()
	program, dir, address := buildS3Server(t), t.TempDir(), freeAddress(t)
	var log bytes.Buffer
	for _, name := range []string{"data", "metadata"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	server := exec.CommandContext(t.Context(), program, "--port", address, "--access", accessKey, "--secret", secretKey, "--quiet",
		"posix", "--sidecar", filepath.Join(dir, "metadata"), filepath.Join(dir, "data"))
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = server.Wait() // it is killed
		close(ended)
	}()
	stop = func() {
		_ = server.Process.Kill() // it may have ended
		<-ended
	}
	t.Cleanup(stop)
	for {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
			return "http://" + address, stop
		}
		select {
		case <-ended:
			t.Fatalf("the S3 server ended: %s", &log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// buildS3Server returns the program of the server, which it builds once for this machine.
func buildS3Server(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "trailcat-versitygw", s3ServerVersion)
	program := filepath.Join(dir, "versitygw")
	if _, err := os.Stat(program); !errors.Is(err, fs.ErrNotExist) {
		return program
	}
	build := exec.CommandContext(t.Context(), "go", "install", "github.com/versity/versitygw/cmd/versitygw@"+s3ServerVersion)
	build.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the S3 server: %v: %s", err, out)
	}
	return program
}

// freeAddress returns an address on which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
