package blob

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"ksbb/shared/aid"
	"ksbb/shared/publish"
)

// hashPrefix begins a hash as public files write it.
const hashPrefix = "sha256-"

// Head describes the object at path, or wraps aid.ErrNotFound.
func (b *Bucket) Head(ctx context.Context, path string) (publish.Stat, error) {
	out, err := b.s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.name, Key: &path, ChecksumMode: types.ChecksumModeEnabled})
	var missing *types.NotFound
	if errors.As(err, &missing) {
		return publish.Stat{}, fmt.Errorf("object %s: %w", path, aid.ErrNotFound)
	}
	if err != nil {
		return publish.Stat{}, fmt.Errorf("head %s: %w", path, err)
	}
	generation, _ := strconv.ParseInt(out.Metadata[generationKey], 10, 64)
	s := publish.Stat{ETag: aws.ToString(out.ETag), Generation: generation, Size: aws.ToInt64(out.ContentLength)}
	if sum := aws.ToString(out.ChecksumSHA256); sum != "" {
		s.Hash = hashPrefix + sum
	}
	return s, nil
}

// Open reads the object at path piece by piece, or wraps aid.ErrNotFound. The
// caller closes it.
func (b *Bucket) Open(ctx context.Context, path string) (io.ReadCloser, error) {
	out, err := b.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &path})
	var missing *types.NoSuchKey
	if errors.As(err, &missing) {
		return nil, fmt.Errorf("object %s: %w", path, aid.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return out.Body, nil
}

// Upload does as Put with a body too large to hold: f.Body is not looked at.
// The body is read more than once, from its start. hash, "sha256-<base64>", is
// what it must come to on the way: anything else is refused, and nothing written.
func (b *Bucket) Upload(ctx context.Context, f publish.File, body io.ReadSeeker, hash string, c publish.Condition) error {
	size, err := body.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = body.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("upload %s: %w", f.Path, err)
	}
	sum, ok := strings.CutPrefix(hash, hashPrefix)
	if raw, err := base64.StdEncoding.DecodeString(sum); !ok || err != nil || len(raw) != sha256.Size {
		return fmt.Errorf("upload %s: %q is no hash", f.Path, hash)
	}
	in := b.input(f, c)
	in.Body, in.ContentLength, in.ChecksumSHA256 = body, &size, &sum
	return b.put(ctx, in)
}
