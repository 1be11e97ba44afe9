package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/shared/aid"
	"ksbb/shared/blob"
	"ksbb/shared/evidence"
	"ksbb/shared/table"
)

// server judges files. Its fields are all it needs from outside.
type server struct {
	facts facts
	files files
	now   func() time.Time
}

// facts is the part of the table that judging uses.
type facts interface {
	Evidence(context.Context, table.EvidenceRef) (aid.Evidence, error)
	JudgeEvidence(context.Context, aid.Evidence) error
}

// files is the part of the bucket that judging uses.
type files interface {
	Get(ctx context.Context, key, version string, limit int64) (blob.Kept, error)
	Put(ctx context.Context, key, mediaType string, body []byte) error
	Lock(ctx context.Context, key, version string, until time.Time) error
	Delete(ctx context.Context, key, version string) error
}

// keptFor is how long after its announcement evidence cannot be deleted: long
// enough for a dispute, a complaint and the audit of the year.
const keptFor = 400 * 24 * time.Hour

// handle judges the files that arrived. Being woken twice for one, or late, or
// for a second file in the place of one that was judged, changes nothing.
func (s *server) handle(ctx context.Context, ev events.S3Event) error {
	var failed []error
	for _, r := range ev.Records {
		if err := s.judge(ctx, r.S3.Object.URLDecodedKey, r.S3.Object.VersionID); err != nil {
			slog.ErrorContext(ctx, "evidence not judged", "key", r.S3.Object.URLDecodedKey, "err", err)
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// judge decides about one version of one file. Which version an event is about
// matters: what is said of a file is said of the bytes that were checked.
func (s *server) judge(ctx context.Context, key, version string) error {
	if version == "" {
		return fmt.Errorf("judge %s: the event names no version; does the bucket keep them?", key)
	}
	if !strings.HasPrefix(key, evidence.Originals) {
		return fmt.Errorf("judge %s: not an original", key)
	}
	ref, ok := refOf(key)
	if !ok {
		return s.discard(ctx, key, version, "nobody could have announced it")
	}
	e, err := s.facts.Evidence(ctx, ref)
	if errors.Is(err, aid.ErrNotFound) {
		return s.discard(ctx, key, version, "nobody announced it")
	}
	if err != nil {
		return err
	}
	if e.State != aid.EvidenceAwaited {
		if e.Version == version && e.State == aid.EvidenceAccepted {
			return nil
		}
		return s.discard(ctx, key, version, "judged before")
	}
	kept, err := s.files.Get(ctx, key, version, aid.MaxEvidenceBytes)
	if errors.Is(err, aid.ErrNotFound) {
		slog.WarnContext(ctx, "evidence gone before it was judged", "key", key, "version", version)
		return nil
	}
	if err != nil {
		return err
	}
	checked, refusal := check(kept, e)
	e.Version, e.Refusal, e.CheckedAt = version, refusal, s.now()
	if refusal != "" {
		e.State = aid.EvidenceRefused
		// First the verdict: a file that is gone cannot be judged again.
		if err := s.facts.JudgeEvidence(ctx, e); err != nil {
			return err
		}
		return s.discard(ctx, key, version, string(refusal))
	}
	e.State = aid.EvidenceAccepted
	if err := s.keep(ctx, e, checked); err != nil {
		return err
	}
	if err := s.facts.JudgeEvidence(ctx, e); err != nil {
		return err
	}
	slog.InfoContext(ctx, "evidence accepted", "key", key, "version", version, "type", e.Type, "bytes", kept.Length,
		"width", checked.Width, "height", checked.Height)
	return nil
}

// check looks at a file that was announced as e.
func check(kept blob.Kept, e aid.Evidence) (evidence.Result, aid.EvidenceRefusal) {
	if kept.Length > aid.MaxEvidenceBytes {
		return evidence.Result{}, aid.RefusedTooLarge
	}
	// The address it came by let nothing else pass. Others may write here too.
	sum := sha256.Sum256(kept.Body)
	if kept.Length != e.Length || hex.EncodeToString(sum[:]) != e.SHA256 {
		return evidence.Result{}, aid.RefusedDifferent
	}
	return evidence.Check(kept.Body, e.Type)
}

// keep writes the copies and locks the original. Copies are of the announced
// bytes and of nothing else, so those that are there already are the same.
func (s *server) keep(ctx context.Context, e aid.Evidence, checked evidence.Result) error {
	for path, body := range map[string][]byte{evidence.DisplayPath(e): checked.Display, evidence.ThumbPath(e): checked.Thumb} {
		if body == nil {
			continue // a PDF is not drawn
		}
		if err := s.files.Put(ctx, path, "image/jpeg", body); err != nil && !errors.Is(err, aid.ErrExists) {
			return err
		}
	}
	return s.files.Lock(ctx, e.Path(), e.Version, e.At.Add(keptFor))
}

// discard deletes what is not evidence.
func (s *server) discard(ctx context.Context, key, version, reason string) error {
	if err := s.files.Delete(ctx, key, version); err != nil {
		return err
	}
	slog.WarnContext(ctx, "evidence discarded", "key", key, "version", version, "reason", reason)
	return nil
}

var identifier = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]{0,99}$`)

// refOf reads the path of an original; see [aid.Evidence.Path].
func refOf(key string) (table.EvidenceRef, bool) {
	parts := strings.Split(strings.TrimPrefix(key, evidence.Originals), "/")
	if len(parts) != 3 {
		return table.EvidenceRef{}, false
	}
	for _, p := range parts {
		if !identifier.MatchString(p) {
			return table.EvidenceRef{}, false
		}
	}
	ref := table.EvidenceRef{ID: aid.EvidenceID(parts[2])}
	if parts[0] == "complaint" {
		ref.Complaint = aid.ComplaintID(parts[1])
	} else {
		ref.Recipient, ref.Commitment = aid.RecipientID(parts[0]), aid.CommitmentID(parts[1])
	}
	e := aid.Evidence{ID: ref.ID, Recipient: ref.Recipient, Commitment: ref.Commitment, Complaint: ref.Complaint}
	return ref, e.Path() == key
}
