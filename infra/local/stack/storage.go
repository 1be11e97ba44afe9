package stack

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"ksbb/infra/local/dynamo"
	"ksbb/infra/local/template"
)

// shape is what must not change about a table that holds data.
type shape struct {
	KeySchema []struct{ AttributeName, KeyType string }
	Indexes   []struct{ IndexName string }     `json:"GlobalSecondaryIndexes"`
	Stream    *struct{ StreamViewType string } `json:"StreamSpecification"`
}

func (t shape) String() string {
	text := fmt.Sprint(t.KeySchema, t.Indexes)
	if t.Stream != nil {
		text += t.Stream.StreamViewType
	}
	return text
}

func (s *Stack) makeTables(ctx context.Context) error {
	for _, t := range s.Template.Tables {
		var have struct{ Table shape }
		err := s.db.Call(ctx, "DescribeTable", map[string]any{"TableName": t.Name}, &have)
		switch {
		case dynamo.Is(err, "ResourceNotFoundException"):
			if err := s.db.Call(ctx, "CreateTable", t.Create, nil); err != nil {
				return fmt.Errorf("make table %s: %w", t.Name, err)
			}
			s.say("table %s: made", t.Name)
		case err != nil:
			return fmt.Errorf("look at table %s: %w", t.Name, err)
		default:
			var want shape
			if err := json.Unmarshal(t.Create, &want); err != nil {
				return fmt.Errorf("read table %s: %w", t.Name, err)
			}
			if want.String() != have.Table.String() {
				return fmt.Errorf("table %s in %s was made from another template: its keys, indexes or stream differ; empty the data folder to go on", t.Name, s.folder)
			}
		}
		if err := s.active(ctx, t.Name); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stack) active(ctx context.Context, table string) error {
	for range 1000 {
		var out struct{ Table struct{ TableStatus string } }
		if err := s.db.Call(ctx, "DescribeTable", map[string]any{"TableName": table}, &out); err != nil {
			return fmt.Errorf("look at table %s: %w", table, err)
		}
		if out.Table.TableStatus == "ACTIVE" {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("table %s does not become active", table)
}

func (s *Stack) makeBuckets(ctx context.Context) error {
	for _, b := range s.Template.Buckets {
		if err := s.makeBucket(ctx, b); err != nil {
			return fmt.Errorf("make bucket %s: %w", b.Name, err)
		}
	}
	return nil
}

func (s *Stack) makeBucket(ctx context.Context, b template.Bucket) error {
	_, err := s.objects.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &b.Name})
	var refusal smithy.APIError
	if errors.As(err, &refusal) && refusal.ErrorCode() == "NotFound" {
		_, err = s.objects.CreateBucket(ctx, &s3.CreateBucketInput{
			Bucket: &b.Name, ObjectLockEnabledForBucket: &b.Locked,
			CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: template.Region},
		})
		s.say("bucket %s: made", b.Name)
	}
	if err != nil {
		return err
	}
	if b.Versioned {
		_, err := s.objects.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: &b.Name,
			VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}})
		if err != nil {
			return err
		}
	}
	if b.Keep != nil {
		_, err := s.objects.PutObjectLockConfiguration(ctx, &s3.PutObjectLockConfigurationInput{Bucket: &b.Name,
			ObjectLockConfiguration: &types.ObjectLockConfiguration{ObjectLockEnabled: types.ObjectLockEnabledEnabled,
				Rule: &types.ObjectLockRule{DefaultRetention: &types.DefaultRetention{
					Mode: types.ObjectLockRetentionMode(b.Keep.Mode), Days: aws.Int32(int32(b.Keep.Days))}}}})
		if err != nil {
			return err
		}
	}
	var rules []types.CORSRule
	for _, r := range b.CORS {
		rules = append(rules, types.CORSRule{AllowedOrigins: r.Origins, AllowedMethods: r.Methods,
			AllowedHeaders: r.Headers, ExposeHeaders: r.Expose, MaxAgeSeconds: aws.Int32(int32(r.MaxAge))})
	}
	if rules != nil {
		_, err := s.objects.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: &b.Name,
			CORSConfiguration: &types.CORSConfiguration{CORSRules: rules}})
		return err
	}
	return nil
}

// kinds are the content types of site files. The system's own table differs
// from machine to machine.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".json": "application/json", ".geojson": "application/geo+json", ".map": "application/json",
	".webmanifest": "application/manifest+json", ".xml": "application/xml", ".atom": "application/atom+xml",
	".txt": "text/plain; charset=utf-8", ".csv": "text/csv; charset=utf-8", ".pdf": "application/pdf",
	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".avif": "image/avif",
	".ico": "image/x-icon", ".woff2": "font/woff2", ".wasm": "application/wasm",
}

// upload brings the files of the site into the public bucket. Those that are
// there already, byte for byte, are left alone.
func (s *Stack) upload(ctx context.Context) error {
	if s.options.Site == "" {
		return nil
	}
	b, ok := s.Template.Bucket(publicBucket)
	if !ok {
		return fmt.Errorf("upload site: the template has no bucket %s", publicBucket)
	}
	var keys []string
	err := filepath.WalkDir(s.options.Site, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		key, err := filepath.Rel(s.options.Site, file)
		keys = append(keys, filepath.ToSlash(key))
		return err
	})
	if err != nil {
		return fmt.Errorf("read site: %w", err)
	}
	var group sync.WaitGroup
	var changed atomic.Int32
	errs := make([]error, len(keys))
	turns := make(chan struct{}, 8)
	for i, key := range keys {
		turns <- struct{}{}
		group.Go(func() {
			defer func() { <-turns }()
			written, err := s.uploadFile(ctx, b.Name, key)
			if written {
				changed.Add(1)
			}
			errs[i] = err
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	s.say("site: %d files, %d changed", len(keys), changed.Load())
	return nil
}

// uploadFile reports whether it wrote anything.
func (s *Stack) uploadFile(ctx context.Context, bucket, key string) (bool, error) {
	text, err := os.ReadFile(filepath.Join(s.options.Site, filepath.FromSlash(key)))
	if err != nil {
		return false, fmt.Errorf("read site: %w", err)
	}
	sum := md5.Sum(text) // what S3 makes its tags of
	have, err := s.objects.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
	if err == nil && strings.Trim(aws.ToString(have.ETag), `"`) == hex.EncodeToString(sum[:]) {
		return false, nil
	}
	kind := kinds[strings.ToLower(filepath.Ext(key))]
	if kind == "" {
		kind = "application/octet-stream"
	}
	_, err = s.objects.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(text),
		ContentType: &kind, CacheControl: aws.String("public, no-cache")})
	if err != nil {
		return false, fmt.Errorf("upload %s: %w", key, err)
	}
	return true, nil
}

// expire deletes the items whose time is over, since the engine does not. AWS
// takes up to two days for it; nobody may rely on it being sooner here.
func (s *Stack) expire(ctx context.Context, t template.Table, now time.Time) error {
	var create struct {
		KeySchema []struct{ AttributeName string }
	}
	if err := json.Unmarshal(t.Create, &create); err != nil {
		return err
	}
	condition := map[string]any{
		"ExpressionAttributeNames":  map[string]any{"#e": t.Expires},
		"ExpressionAttributeValues": map[string]any{":now": map[string]any{"N": fmt.Sprint(now.Unix())}},
	}
	var start json.RawMessage
	for {
		scan := map[string]any{"TableName": t.Name, "FilterExpression": "#e < :now"}
		for k, v := range condition {
			scan[k] = v
		}
		if start != nil {
			scan["ExclusiveStartKey"] = start
		}
		var page struct {
			Items            []map[string]json.RawMessage
			LastEvaluatedKey json.RawMessage
		}
		if err := s.db.Call(ctx, "Scan", scan, &page); err != nil {
			return err
		}
		for _, item := range page.Items {
			key := map[string]any{}
			for _, k := range create.KeySchema {
				key[k.AttributeName] = item[k.AttributeName]
			}
			// It may have been renewed since it was read.
			del := map[string]any{"TableName": t.Name, "Key": key, "ConditionExpression": "#e < :now"}
			for k, v := range condition {
				del[k] = v
			}
			if err := s.db.Call(ctx, "DeleteItem", del, nil); err != nil && !dynamo.Is(err, "ConditionalCheckFailedException") {
				return err
			}
		}
		if start = page.LastEvaluatedKey; start == nil || slices.Equal(start, []byte("null")) {
			return nil
		}
	}
}
