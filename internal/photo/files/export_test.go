package files

import (
	"net/url"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
)

// OpenS3With is OpenS3 with these credentials and the time that a request may take.
func OpenS3With(u *url.URL, accessKey, secretKey string, timeout time.Duration) (*Bucket, error) {
	return openS3(u, credentials.NewStaticV4(accessKey, secretKey, ""), timeout)
}
