package blob

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"ksbb/shared/aid"
)

// vaultClient is the part of S3 that a vault uses, and so the policy to review.
// With the addresses it signs, others put and get objects in the name of
// whoever signed.
type vaultClient interface {
	client
	PutObjectRetention(context.Context, *s3.PutObjectRetentionInput, ...func(*s3.Options)) (*s3.PutObjectRetentionOutput, error)
	DeleteObject(context.Context, *s3.DeleteObjectInput, ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
}

// Vault is one private S3 bucket with versions and Object Lock. People bring
// files to it and look at them at signed addresses, which are good for a few
// minutes and for one thing. It is safe for concurrent use.
type Vault struct {
	s3     vaultClient
	signer *s3.PresignClient
	name   string
	now    func() time.Time
}

// SignedFor is how long a signed address is good.
const SignedFor = 5 * time.Minute

// OpenVault returns the bucket called name, with the region, credentials and
// endpoint that the SDK finds.
func OpenVault(ctx context.Context, name string) (*Vault, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", name, err)
	}
	return NewVault(s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = o.BaseEndpoint != nil
	}), name, time.Now), nil
}

// NewVault returns the bucket called name as a prepared client reaches it.
// Addresses are signed as of now.
func NewVault(client *s3.Client, name string, now func() time.Time) *Vault {
	signer := s3.NewPresignClient(client, s3.WithPresignExpires(SignedFor), func(o *s3.PresignOptions) {
		o.Presigner = presigner{v4.NewSigner(), now}
	})
	return &Vault{s3: client, signer: signer, name: name, now: now}
}

// presigner signs as of an instant that somebody else decides.
type presigner struct {
	signer *v4.Signer
	now    func() time.Time
}

func (p presigner) PresignHTTP(ctx context.Context, c aws.Credentials, r *http.Request, payloadHash, service, region string, _ time.Time, options ...func(*v4.SignerOptions)) (string, http.Header, error) {
	return p.signer.PresignHTTP(ctx, c, r, payloadHash, service, region, p.now().UTC(), options...)
}

// An Upload is the one file that a signed address takes.
type Upload struct {
	Type   string
	Length int64
	SHA256 string // hexadecimal
}

// Signed is an address that stands for one request until it expires. The
// request must carry the headers as they are.
type Signed struct {
	URL     string
	Headers map[string]string // beside Content-Length, which senders set by themselves
	Expires time.Time
}

// SignPut returns an address at which anybody may put exactly this file, once:
// another length, type or SHA-256 is refused, and so is a second one.
func (v *Vault) SignPut(ctx context.Context, key string, u Upload) (Signed, error) {
	sum, err := hex.DecodeString(u.SHA256)
	if err != nil || len(sum) != 32 {
		return Signed{}, fmt.Errorf("sign put of %s: %q is not a SHA-256", key, u.SHA256)
	}
	expires := v.now().Add(SignedFor)
	r, err := v.signer.PresignPutObject(ctx, &s3.PutObjectInput{
		Bucket: &v.name, Key: &key, ContentType: &u.Type, ContentLength: &u.Length,
		ChecksumSHA256: aws.String(base64.StdEncoding.EncodeToString(sum)), IfNoneMatch: aws.String("*"),
	})
	if err != nil {
		return Signed{}, fmt.Errorf("sign put of %s: %w", key, err)
	}
	return signed(r, expires), nil
}

// SignGet returns an address at which anybody may read an object as a media
// type. An empty version is the newest. A name makes browsers keep it as a file
// so called; without one they show it.
func (v *Vault) SignGet(ctx context.Context, key, version, mediaType, fileName string) (Signed, error) {
	disposition := "inline"
	if fileName != "" {
		disposition = fmt.Sprintf("attachment; filename=%q", fileName)
	}
	in := &s3.GetObjectInput{
		Bucket: &v.name, Key: &key, ResponseContentType: &mediaType, ResponseContentDisposition: &disposition,
		ResponseCacheControl: aws.String("private, no-store"),
	}
	if version != "" {
		in.VersionId = &version
	}
	expires := v.now().Add(SignedFor)
	r, err := v.signer.PresignGetObject(ctx, in)
	if err != nil {
		return Signed{}, fmt.Errorf("sign get of %s: %w", key, err)
	}
	return signed(r, expires), nil
}

func signed(r *v4.PresignedHTTPRequest, expires time.Time) Signed {
	s := Signed{URL: r.URL, Headers: map[string]string{}, Expires: expires.UTC().Truncate(time.Second)}
	for name, values := range r.SignedHeader {
		if name != "Host" && name != "Content-Length" {
			s.Headers[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	return s
}

// Kept is one version of an object.
type Kept struct {
	Body    []byte
	Length  int64 // of the whole object; Body may be cut
	Version string
}

// Get returns a version of the object at key, the newest if version is empty,
// but no more than limit bytes of it. One that is not there wraps
// aid.ErrNotFound.
func (v *Vault) Get(ctx context.Context, key, version string, limit int64) (Kept, error) {
	in := &s3.GetObjectInput{Bucket: &v.name, Key: &key}
	if version != "" {
		in.VersionId = &version
	}
	out, err := v.s3.GetObject(ctx, in)
	if missing(err) {
		return Kept{}, fmt.Errorf("object %s: %w", key, aid.ErrNotFound)
	}
	if err != nil {
		return Kept{}, fmt.Errorf("get %s: %w", key, err)
	}
	defer out.Body.Close()
	length := aws.ToInt64(out.ContentLength)
	// Room for all of it at once: growing would take it twice.
	body := bytes.NewBuffer(make([]byte, 0, min(length, limit)+bytes.MinRead))
	if _, err := body.ReadFrom(io.LimitReader(out.Body, limit)); err != nil {
		return Kept{}, fmt.Errorf("get %s: %w", key, err)
	}
	if int64(body.Len()) < min(length, limit) {
		return Kept{}, fmt.Errorf("get %s: %w", key, io.ErrUnexpectedEOF)
	}
	if version == "" {
		version = aws.ToString(out.VersionId)
	}
	return Kept{Body: body.Bytes(), Length: length, Version: version}, nil
}

// missing knows how S3 says that an object or a version is not there. What was
// deleted without naming a version answers as a method that is not allowed.
func missing(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode() {
	case "NoSuchKey", "NoSuchVersion", "NotFound", "MethodNotAllowed":
		return true
	}
	return false
}

// Put keeps an object at key, where there must be none yet: if there is, it
// wraps aid.ErrExists. After any other error the object may be there or not.
func (v *Vault) Put(ctx context.Context, key, mediaType string, body []byte) error {
	_, err := v.s3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &v.name, Key: &key, Body: bytes.NewReader(body), ContentType: &mediaType, IfNoneMatch: aws.String("*"),
	})
	if conditionFailed(err) {
		return fmt.Errorf("put %s: %w", key, aid.ErrExists)
	}
	if err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	return nil
}

// Lock keeps a version from being deleted until an instant, except by whom the
// account lets go past it. Locking for as long, or longer, succeeds again.
func (v *Vault) Lock(ctx context.Context, key, version string, until time.Time) error {
	_, err := v.s3.PutObjectRetention(ctx, &s3.PutObjectRetentionInput{
		Bucket: &v.name, Key: &key, VersionId: &version,
		Retention: &types.ObjectLockRetention{Mode: types.ObjectLockRetentionModeGovernance, RetainUntilDate: &until},
	})
	if err != nil {
		return fmt.Errorf("lock %s: %w", key, err)
	}
	return nil
}

// Delete removes a version for good. One that is not there is as good as
// removed.
func (v *Vault) Delete(ctx context.Context, key, version string) error {
	_, err := v.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &v.name, Key: &key, VersionId: &version})
	if err != nil && !missing(err) {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	return nil
}

// Remove removes the newest version of an object for good. One that is not there
// is as good as removed.
func (v *Vault) Remove(ctx context.Context, key string) error {
	kept, err := v.Get(ctx, key, "", 0)
	if errors.Is(err, aid.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return v.Delete(ctx, key, kept.Version)
}
