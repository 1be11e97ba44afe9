package blob

import (
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"ksbb/shared/aid"
)

// Open reads the newest version of the object at key piece by piece. One that
// is not there wraps aid.ErrNotFound. The caller closes it.
func (v *Vault) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	out, err := v.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &v.name, Key: &key})
	if missing(err) {
		return nil, fmt.Errorf("object %s: %w", key, aid.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", key, err)
	}
	return out.Body, nil
}
