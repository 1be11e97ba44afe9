package stack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"ksbb/infra/local/template"
)

// objectEvents is where the S3 engine reports changes.
const objectEvents = "/object-events"

// behind is what the S3 engine calls. No browser reaches it by name.
func (s *Stack) behind() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+objectEvents, s.objectEvent)
	return mux
}

// objectEvent passes a change of an object to the functions that asked for it,
// in the form of S3, which differs a little from that of the engine.
func (s *Stack) objectEvent(w http.ResponseWriter, r *http.Request) {
	// The engine never reads the answer: free its connection.
	w.Header().Set("Connection", "close")
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	var event struct{ Records []map[string]any }
	if json.Unmarshal(body, &event) != nil {
		return
	}
	for _, record := range event.Records {
		name, _ := record["eventName"].(string)
		details, _ := record["s3"].(map[string]any)
		bucket, _ := details["bucket"].(map[string]any)
		object, _ := details["object"].(map[string]any)
		// The engine may have begun with another request when it writes the
		// bucket's name, and then writes that one's. Its ARN, which has the key
		// in it as well, was put together in time.
		arn, _ := bucket["arn"].(string)
		bucketName, key, ok := strings.Cut(strings.TrimPrefix(arn, "arn:aws:s3:::/"), "/")
		if !ok || object == nil {
			continue // the engine tries its connection when it starts
		}
		at, err := time.Parse(time.RFC3339, fmt.Sprint(record["eventTime"]))
		if err != nil {
			at = time.Now()
		}
		bucket["name"] = bucketName
		// Only there for what comes back from an archive, and never empty.
		delete(record, "glacierEventData")
		name = strings.TrimPrefix(name, "s3:")
		if !s.wanted(name, bucketName, key) {
			continue
		}
		if b := s.bucket(bucketName); b.Versioned && object["versionId"] == nil {
			version, err := s.versionOf(r.Context(), b, key, fmt.Sprint(object["eTag"]))
			if err != nil {
				s.say("error find the version of %s that is new: %v", key, err)
				s.told.begin(at) // and never done: it is told at the next start
				continue
			}
			object["versionId"] = version
		}
		s.tell(name, bucketName, key, at, record)
	}
}

// wanted says whether any function asked for a change of an object.
func (s *Stack) wanted(name, bucket, key string) bool {
	for _, f := range s.Template.Functions {
		for _, o := range f.Objects {
			if o.Bucket == bucket && o.Wants(name, key) {
				return true
			}
		}
	}
	return false
}

func (s *Stack) bucket(name string) template.Bucket {
	for _, b := range s.Template.Buckets {
		if b.Name == name {
			return b
		}
	}
	return template.Bucket{}
}

// versionOf finds the version that an event is about: the engine does not say
// which one a put has made, only its tag.
func (s *Stack) versionOf(ctx context.Context, b template.Bucket, key, tag string) (string, error) {
	pages := s3.NewListObjectVersionsPaginator(s.objects, &s3.ListObjectVersionsInput{Bucket: &b.Name, Prefix: &key})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", err
		}
		for _, v := range page.Versions { // the newest first
			if aws.ToString(v.Key) == key && strings.Trim(aws.ToString(v.ETag), `"`) == strings.Trim(tag, `"`) {
				return aws.ToString(v.VersionId), nil
			}
		}
	}
	return "", fmt.Errorf("no version has the tag %s", tag)
}

// tell wakes the functions that asked for a change of an object. The record
// needs no more than an object with what is known of it.
func (s *Stack) tell(name, bucket, key string, at time.Time, record map[string]any) {
	details := record["s3"].(map[string]any)
	details["bucket"].(map[string]any)["arn"] = "arn:aws:s3:::" + bucket
	details["object"].(map[string]any)["key"] = url.QueryEscape(key)
	record["eventName"] = name
	payload, err := json.Marshal(map[string]any{"Records": []any{record}})
	if err != nil {
		s.say("error tell of %s: %v", key, err)
		return
	}
	for _, f := range s.Template.Functions {
		for _, o := range f.Objects {
			if o.Bucket != bucket || !o.Wants(name, key) {
				continue
			}
			done := s.told.begin(at)
			go func() {
				// What became of it is reported where functions are run.
				_, _ = s.host.Pool(f.ID).Retry(s.told.ctx, payload, f.Retries)
				if err := done(); err != nil {
					s.say("error remember what %s was told: %v", f.ID, err)
				}
			}()
		}
	}
}

// tellAgain tells of every object that came since all was well. On AWS an event
// is kept until it was delivered; the engine here keeps none, so what happened
// just before a kill is told at the next start. Some of it was told before.
func (s *Stack) tellAgain(ctx context.Context) {
	for _, b := range s.Template.Buckets {
		wanted := map[string]bool{}
		for _, f := range s.Template.Functions {
			for _, o := range f.Objects {
				if o.Bucket == b.Name {
					wanted[o.Prefix] = true
				}
			}
		}
		for prefix := range wanted {
			if err := s.tellOf(ctx, b, prefix); err != nil && ctx.Err() == nil {
				s.say("error tell again of %s in %s: %v", prefix, b.Name, err)
			}
		}
	}
}

func (s *Stack) tellOf(ctx context.Context, b template.Bucket, prefix string) error {
	pages := s3.NewListObjectsV2Paginator(s.objects, &s3.ListObjectsV2Input{Bucket: &b.Name, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, o := range page.Contents {
			at := aws.ToTime(o.LastModified)
			if at.Before(s.told.since) {
				continue
			}
			head, err := s.objects.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.Name, Key: o.Key})
			if err != nil {
				continue // it went meanwhile
			}
			object := map[string]any{"size": o.Size, "eTag": strings.Trim(aws.ToString(o.ETag), `"`), "sequencer": "0"}
			if b.Versioned {
				object["versionId"] = head.VersionId
			}
			s.tell("ObjectCreated:Put", b.Name, *o.Key, at, map[string]any{
				"eventVersion": "2.2", "eventSource": "aws:s3", "awsRegion": template.Region, "eventTime": at.UTC().Format(time.RFC3339),
				"s3": map[string]any{"s3SchemaVersion": "1.0", "bucket": map[string]any{"name": b.Name}, "object": object},
			})
		}
	}
	return nil
}

// told remembers up to which instant functions were told of all changes.
type told struct {
	file  string
	since time.Time // as it was when this program started
	ctx   context.Context
	close context.CancelFunc

	mu    sync.Mutex
	open  map[int]time.Time // under way
	count int
	last  time.Time // the newest that was done
}

// slack is how much later than its object an event may come, and how coarse the
// engine's times are.
const slack = 10 * time.Second

func openTold(file string) (*told, error) {
	t := &told{file: file, open: map[int]time.Time{}}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &t.since)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read checkpoint %s: %w", file, err)
	}
	t.last = t.since
	t.since = t.since.Add(-slack)
	t.ctx, t.close = context.WithCancel(context.Background())
	return t, nil
}

// begin notes that somebody is being told of a change, until done is called.
func (t *told) begin(at time.Time) (done func() error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count++
	n := t.count
	t.open[n] = at
	return func() error {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.ctx.Err() != nil {
			return nil // it was broken off, and is told again
		}
		delete(t.open, n)
		if at.After(t.last) {
			t.last = at
		}
		all := t.last
		for _, at := range t.open {
			if at.Before(all) {
				all = at
			}
		}
		return save(t.file, all)
	}
}

// save writes a file at once: a kill leaves the old one or the new one.
func save(file string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	if err := os.WriteFile(file+".new", text, 0o644); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	return nil
}
