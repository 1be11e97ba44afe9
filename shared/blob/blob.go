// Package blob keeps files in S3: the public tree in a [Bucket], what people
// bring as evidence in a [Vault]. Every write is conditional; it knows how S3
// says that a condition did not hold, and nothing of what is in the files.
package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"ksbb/shared/aid"
	"ksbb/shared/publish"
)

// client is the part of S3 that is used, and so the policy to review.
type client interface {
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	HeadObject(context.Context, *s3.HeadObjectInput, ...func(*s3.Options)) (*s3.HeadObjectOutput, error)
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	DeleteObject(context.Context, *s3.DeleteObjectInput, ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
}

// Bucket is one S3 bucket. It is safe for concurrent use.
type Bucket struct {
	s3   client
	name string
}

// Open returns the bucket called name, with the region, credentials and
// endpoint that the SDK finds.
func Open(ctx context.Context, name string) (*Bucket, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", name, err)
	}
	return New(s3.NewFromConfig(cfg, func(o *s3.Options) {
		// An S3-compatible engine of one's own has no host name per bucket.
		o.UsePathStyle = o.BaseEndpoint != nil
	}), name), nil
}

// New returns the bucket called name as a prepared client reaches it.
func New(s3 client, name string) *Bucket { return &Bucket{s3: s3, name: name} }

// generationKey is the object metadata that orders writes of one file.
const generationKey = "generation"

// Get returns the object at path, or wraps aid.ErrNotFound.
func (b *Bucket) Get(ctx context.Context, path string) (publish.Object, error) {
	out, err := b.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &path})
	var missing *types.NoSuchKey
	if errors.As(err, &missing) {
		return publish.Object{}, fmt.Errorf("object %s: %w", path, aid.ErrNotFound)
	}
	if err != nil {
		return publish.Object{}, fmt.Errorf("get %s: %w", path, err)
	}
	defer out.Body.Close()
	body, err := io.ReadAll(out.Body)
	if err != nil {
		return publish.Object{}, fmt.Errorf("get %s: %w", path, err)
	}
	// What this system did not write has no generation and yields to any.
	generation, _ := strconv.ParseInt(out.Metadata[generationKey], 10, 64)
	return publish.Object{Body: body, ETag: aws.ToString(out.ETag), Generation: generation}, nil
}

// Put writes f if the condition holds, else wraps aid.ErrStale. After any other
// error the write may or may not have happened.
func (b *Bucket) Put(ctx context.Context, f publish.File, c publish.Condition) error {
	in := b.input(f, c)
	in.Body = bytes.NewReader(f.Body)
	return b.put(ctx, in)
}

// Remove takes the object at path away. One that is not there is as good as
// removed.
func (b *Bucket) Remove(ctx context.Context, path string) error {
	if _, err := b.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: &path}); err != nil {
		return fmt.Errorf("remove %s: %w", path, err)
	}
	return nil
}

// input is everything about a write but its body.
func (b *Bucket) input(f publish.File, c publish.Condition) *s3.PutObjectInput {
	in := &s3.PutObjectInput{
		Bucket:       &b.name,
		Key:          &f.Path,
		ContentType:  &f.ContentType,
		CacheControl: &f.CacheControl,
	}
	if f.Generation > 0 {
		in.Metadata = map[string]string{generationKey: strconv.FormatInt(f.Generation, 10)}
	}
	if c == publish.Absent {
		in.IfNoneMatch = aws.String("*")
	} else {
		in.IfMatch = &c.IfMatch
	}
	return in
}

func (b *Bucket) put(ctx context.Context, in *s3.PutObjectInput) error {
	if _, err := b.s3.PutObject(ctx, in); err != nil {
		if conditionFailed(err) {
			return fmt.Errorf("put %s: %w", *in.Key, aid.ErrStale)
		}
		return fmt.Errorf("put %s: %w", *in.Key, err)
	}
	return nil
}

// conditionFailed knows the three ways in which S3 says that a conditional
// write lost: 412; 409 while another conditional write of the key is under way;
// and, for If-Match, 404 when the object is gone.
func conditionFailed(err error) bool {
	var api smithy.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode() {
		case "PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey":
			return true
		}
	}
	var response *smithyhttp.ResponseError
	return errors.As(err, &response) && response.HTTPStatusCode() == http.StatusPreconditionFailed
}
