package files

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"trailcat/internal/catalog"
)

// cacheControl is sent with the files: a photo with another content has another hash.
const cacheControl = "public, max-age=31536000, immutable"

const mediaType = "image/jpeg"

const (
	// requestTimeout is how long the bucket may take for a request, including retries, or for
	// the next part of a file or a list.
	requestTimeout = 10 * time.Second
	// uploadTimeouts is how many times as long an upload may take.
	uploadTimeouts = 3
	// roleTimeout is how long the service that gives a machine its role may take.
	roleTimeout = 2 * time.Second
	maxTries    = 3
)

// Bucket stores photos in an S3 bucket. The largest file of a photo is written last, and deleted
// first.
type Bucket struct {
	core        *minio.Core
	credentials *credentials.Credentials
	name        string
	prefix      string // of all keys: empty, or ends with a slash
	endpoint    string
	timeout     time.Duration
}

// OpenS3 returns the bucket at a URL of the form
// s3://BUCKET/PREFIX?region=REGION&endpoint=https://HOST. The default endpoint is AWS, and the
// default region is that of the bucket. Credentials are those of the variables
// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, else of the files of the AWS
// command line, else of the role of the machine. The bucket is not contacted; see Check.
func OpenS3(u *url.URL) (*Bucket, error) {
	return openS3(u, credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{},
		&credentials.FileAWSCredentials{},
		&credentials.IAM{Client: &http.Client{Timeout: roleTimeout}},
	}), requestTimeout)
}

func openS3(u *url.URL, credentials *credentials.Credentials, timeout time.Duration) (*Bucket, error) {
	region, endpoint, err := parseBucketURL(u)
	if err != nil {
		return nil, fmt.Errorf("s3://%s: %w", u.Host, err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // documented by net/http
	transport.DialContext = (&net.Dialer{Timeout: timeout / 2}).DialContext
	transport.ResponseHeaderTimeout = timeout
	transport.MaxIdleConnsPerHost = 16
	transport.DisableCompression = true
	core, err := minio.NewCore(endpoint.Host, &minio.Options{
		Creds:      credentials,
		Secure:     endpoint.Scheme == "https",
		Transport:  transport,
		Region:     region,
		MaxRetries: maxTries,
	})
	if err != nil {
		return nil, fmt.Errorf("s3://%s: %w", u.Host, err)
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" {
		prefix += "/"
	}
	return &Bucket{core: core, credentials: credentials, name: u.Host, prefix: prefix, endpoint: endpoint.String(), timeout: timeout}, nil
}

// parseBucketURL returns the region and the endpoint in the URL of a bucket.
func parseBucketURL(u *url.URL) (region string, endpoint *url.URL, err error) {
	query, err := url.ParseQuery(u.RawQuery)
	switch {
	case err != nil:
		return "", nil, err
	case u.Scheme != "s3" || u.Host == "" || u.Port() != "" || u.Fragment != "":
		return "", nil, errors.New("expected the form s3://BUCKET/PREFIX?region=REGION&endpoint=https://HOST")
	case u.User != nil:
		return "", nil, errors.New("credentials in the URL are not supported; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	for name, values := range query {
		if name != "region" && name != "endpoint" {
			return "", nil, fmt.Errorf("unknown parameter %q; expected region and endpoint", name)
		}
		if len(values) != 1 || values[0] == "" {
			return "", nil, fmt.Errorf("parameter %q must have one value", name)
		}
	}
	address := "https://s3.amazonaws.com"
	if query.Has("endpoint") {
		address = query.Get("endpoint")
	}
	endpoint, err = url.Parse(address)
	if err != nil || endpoint.Scheme != "https" && endpoint.Scheme != "http" || endpoint.Host == "" || endpoint.User != nil ||
		strings.Trim(endpoint.Path, "/") != "" || endpoint.RawQuery != "" || endpoint.Fragment != "" {
		return "", nil, errors.New("the endpoint is not the address of a server; expected the form https://s3.example.org")
	}
	endpoint.Path = ""
	return query.Get("region"), endpoint, nil
}

func (b *Bucket) key(hash string, size int) string { return b.prefix + hash + "/" + fileName(size) }

// Put implements Store.
func (b *Bucket) Put(ctx context.Context, hash string, files map[int][]byte) error {
	sizes, err := checkPut(hash, files)
	if err != nil {
		return err
	}
	for _, size := range sizes {
		if err := b.upload(ctx, b.key(hash, size), files[size], mediaType); err != nil {
			return b.describe(ctx, "store photo "+hash, err)
		}
	}
	return nil
}

func (b *Bucket) upload(ctx context.Context, key string, content []byte, mediaType string) error {
	ctx, cancel := context.WithTimeout(ctx, uploadTimeouts*b.timeout)
	defer cancel()
	_, err := b.core.Client.PutObject(ctx, b.name, key, bytes.NewReader(content), int64(len(content)), minio.PutObjectOptions{
		ContentType: mediaType, CacheControl: cacheControl, SendContentMd5: true, DisableMultipart: true,
	})
	return err
}

// Has implements Store.
func (b *Bucket) Has(ctx context.Context, hash string, sizes []int) (bool, error) {
	if !catalog.IsPhotoHash(hash) || len(sizes) == 0 {
		return false, nil
	}
	stored, err := b.sizes(ctx, hash)
	if err != nil {
		return false, b.describe(ctx, "look for photo "+hash, err)
	}
	for _, size := range sizes {
		if !slices.Contains(stored, size) {
			return false, nil
		}
	}
	return true, nil
}

// sizes returns the sizes in which a photo is stored.
func (b *Bucket) sizes(ctx context.Context, hash string) ([]int, error) {
	var sizes []int
	for object, err := range b.list(ctx, hash+"/") {
		if err != nil {
			return nil, err
		}
		if _, size, ok := parseKey(object.Key); ok {
			sizes = append(sizes, size)
		}
	}
	return sizes, nil
}

// parseKey returns the photo and the size of a key without the prefix of the bucket; ok is false
// if it is not that of a photo.
func parseKey(key string) (hash string, size int, ok bool) {
	hash, name, _ := strings.Cut(key, "/")
	size, ok = parseFileName(name)
	return hash, size, ok && catalog.IsPhotoHash(hash)
}

// list iterates over the objects whose keys begin with a prefix, after that of the bucket, which
// it removes from the keys. It ends after an error.
func (b *Bucket) list(ctx context.Context, prefix string) iter.Seq2[minio.ObjectInfo, error] {
	return func(yield func(minio.ObjectInfo, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		timer := time.AfterFunc(b.timeout, cancel)
		defer timer.Stop()
		withoutOwner := false
		for object := range b.core.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix + prefix, Recursive: true, FetchOwner: &withoutOwner}) {
			timer.Stop() // the caller may take as long as it needs
			if object.Err != nil {
				yield(minio.ObjectInfo{}, object.Err)
				return
			}
			object.Key = strings.TrimPrefix(object.Key, b.prefix)
			if !yield(object, nil) {
				return
			}
			timer.Reset(b.timeout)
		}
		if ctx.Err() != nil { // the listing may have ended because of it
			yield(minio.ObjectInfo{}, ctx.Err())
		}
	}
}

// Open implements Store.
func (b *Bucket) Open(ctx context.Context, hash string, size int) (*File, error) {
	if !catalog.IsPhotoHash(hash) {
		return nil, notStored(hash, size)
	}
	object := &object{ctx: ctx, bucket: b, key: b.key(hash, size)}
	modTime, err := object.open()
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil, notStored(hash, size)
	}
	if err != nil {
		return nil, b.describe(ctx, "open photo "+hash, err)
	}
	return &File{ReadSeekCloser: object, size: object.size, modTime: modTime}, nil
}

// Delete implements Store.
func (b *Bucket) Delete(ctx context.Context, hash string) error {
	if !catalog.IsPhotoHash(hash) {
		return fmt.Errorf("delete a photo: %q is not a hash", hash)
	}
	sizes, err := b.sizes(ctx, hash)
	slices.Sort(sizes)
	for _, size := range slices.Backward(sizes) {
		if err == nil {
			err = b.remove(ctx, b.key(hash, size))
		}
	}
	return b.describe(ctx, "delete photo "+hash, err)
}

func (b *Bucket) remove(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()
	return b.core.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{})
}

// All implements Store. It is one list of the bucket, in which the files of a photo follow each
// other.
func (b *Bucket) All(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		var entry Entry
		done := func() bool {
			slices.Sort(entry.Sizes)
			return entry.Hash == "" || yield(entry, nil)
		}
		for object, err := range b.list(ctx, "") {
			if err != nil {
				yield(Entry{}, b.describe(ctx, "list the bucket for photos", err))
				return
			}
			hash, size, ok := parseKey(object.Key)
			if !ok {
				continue
			}
			if hash != entry.Hash {
				if !done() {
					return
				}
				entry = Entry{Hash: hash}
			}
			entry.Bytes += object.Size
			entry.Sizes = append(entry.Sizes, size)
			if object.LastModified.After(entry.ModTime) {
				entry.ModTime = object.LastModified
			}
		}
		done()
	}
}

// Clean implements Store. It does not remove the files of an interrupted Put, which have their
// final names: All returns the photo without some of its sizes.
func (b *Bucket) Clean(ctx context.Context, before time.Time) (int, error) {
	const action = "remove unfinished files of photos"
	removed := 0
	for object, err := range b.list(ctx, probePrefix) {
		if err == nil && object.LastModified.Before(before) {
			removed++
			err = b.remove(ctx, b.prefix+object.Key)
		}
		if err != nil {
			return removed, b.describe(ctx, action, err)
		}
	}
	return removed, nil
}

// Check implements Store.
func (b *Bucket) Check(ctx context.Context) error {
	return b.describe(ctx, "the bucket for photos cannot be used", b.check(ctx))
}

func (b *Bucket) check(ctx context.Context) error {
	if err := b.checkCredentials(ctx); err != nil {
		return err
	}
	name, want := probePrefix+rand.Text(), []byte("Trailcat can write here.\n")
	if err := b.upload(ctx, b.prefix+name, want, "text/plain"); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	object := &object{ctx: ctx, bucket: b, key: b.prefix + name}
	_, err := object.open()
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	got, err := io.ReadAll(object)
	if err = errors.Join(err, object.Close()); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("%s has other content than was written", name)
	}
	found := false
	for object, err := range b.list(ctx, name) {
		if err != nil {
			return fmt.Errorf("list %s: %w", name, err)
		}
		found = found || object.Key == name
	}
	if !found {
		return fmt.Errorf("%s is not in the list of the bucket after it was written", name)
	}
	if err := b.remove(ctx, b.prefix+name); err != nil {
		return fmt.Errorf("delete %s: %w", name, err)
	}
	return nil
}

func (b *Bucket) checkCredentials(ctx context.Context) error {
	access := b.core.CredContext()
	access.Context = ctx
	value, err := b.credentials.GetWithContext(access)
	if err == nil && value.SignerType.IsAnonymous() {
		err = errors.New("there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role that may use the bucket")
	}
	return err
}

// describe returns the error of an action, with what to do about it.
func (b *Bucket) describe(ctx context.Context, action string, err error) error {
	if err == nil {
		return nil
	}
	var response minio.ErrorResponse
	switch errors.As(err, &response); {
	case response.Code == minio.NoSuchBucket:
		err = fmt.Errorf("%w; create it, or correct the URL or the region", err)
	case response.StatusCode == http.StatusForbidden, response.StatusCode == http.StatusUnauthorized:
		err = fmt.Errorf("%w (%s); check the credentials and the policy of the bucket", err, response.Code)
	case response.StatusCode == http.StatusInsufficientStorage, strings.Contains(response.Code, "QuotaExceeded"):
		err = fmt.Errorf("%w: %w", errFull, err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("no response within %s", b.timeout)
	}
	return newStorageError(ctx, fmt.Sprintf("%s: bucket %s at %s", action, b.name, b.endpoint), err)
}
