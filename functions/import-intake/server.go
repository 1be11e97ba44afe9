package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/shared/aid"
	"ksbb/shared/blob"
	"ksbb/shared/catalogue"
	"ksbb/shared/table"
)

// server works on imports. Its fields are all it needs from outside.
type server struct {
	store     store
	files     files
	catalogue *catalogue.Current
	now       func() time.Time
	token     func() string // another one each time
	pause     func(context.Context, time.Duration) error
	folder    string // for files that are too large to hold
}

// store is the part of the tables that imports use.
type store interface {
	ListImport(context.Context, aid.ImportID) (aid.ListImport, error)
	ListImports(ctx context.Context, limit int) ([]aid.ListImport, error)
	PutListImport(ctx context.Context, before, after aid.ListImport) error
	ImportMapping(ctx context.Context, list, headers string) (columns []string, fixed map[string]string, found bool, err error)
	LeaseImports(ctx context.Context, holder string, now, until time.Time) error
	Stewards(context.Context, []aid.RecipientID) (map[aid.RecipientID]aid.Contact, error)

	LeavesOf(context.Context, []aid.RecipientID) (map[aid.RecipientID]aid.Leaf, error)
	PutRows(context.Context, []table.RowEdit) error

	Leaf(context.Context, aid.Leaf) ([]aid.Place, error)
	Load(context.Context, []aid.Listing, *aid.Catalogue, time.Time) error
	PutRecipient(context.Context, table.RecipientEdit) error
	CloseRecipient(context.Context, table.Closing) error
	PutNeed(context.Context, table.NeedEdit) error
	Record(context.Context, table.Act) error
	Acted(ctx context.Context, id string) (table.Act, bool, error)
}

// files is the part of the bucket that imports use.
type files interface {
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	Get(ctx context.Context, key, version string, limit int64) (blob.Kept, error)
	Put(ctx context.Context, key, mediaType string, body []byte) error
}

// instant returns the current instant as it is stored.
func (s *server) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// handle goes on with the imports that something arrived for. Being woken twice,
// late, or for what is done already changes nothing: what is to be done next is
// read from the import itself.
func (s *server) handle(ctx context.Context, ev events.S3Event) error {
	var failed []error
	for _, r := range ev.Records {
		id, ok := importOf(r.S3.Object.URLDecodedKey)
		if !ok {
			slog.WarnContext(ctx, "not a file of an import", "key", r.S3.Object.URLDecodedKey)
			continue
		}
		if err := s.goOn(ctx, id); err != nil {
			slog.ErrorContext(ctx, "import failed", "import", id, "err", err)
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// importOf reads "imports/<id>/original" and "imports/<id>/go/<step>".
func importOf(key string) (aid.ImportID, bool) {
	rest, ok := strings.CutPrefix(key, "imports/")
	id, what, found := strings.Cut(rest, "/")
	return aid.ImportID(id), ok && found && id != "" && (what == "original" || strings.HasPrefix(what, "go/"))
}

// goOn makes the next steps of an import, as far as no person has to speak in
// between.
func (s *server) goOn(ctx context.Context, id aid.ImportID) error {
	i, err := s.store.ListImport(ctx, id)
	if errors.Is(err, aid.ErrNotFound) {
		slog.WarnContext(ctx, "nobody announced this import", "import", id)
		return nil
	}
	if err != nil {
		return err
	}
	switch i.State {
	case aid.ImportAwaited:
		if i, err = s.begin(ctx, i); err == nil && i.State == aid.ImportReading {
			err = s.compare(ctx, i)
		}
	case aid.ImportReading:
		err = s.compare(ctx, i)
	case aid.ImportConfirmed, aid.ImportWriting:
		err = s.write(ctx, i)
	}
	if errors.Is(err, aid.ErrStale) {
		slog.InfoContext(ctx, "another run goes on with this import", "import", id)
		return nil
	}
	return err
}

// put stores an import after a change that may be refused.
func (s *server) put(ctx context.Context, before, after aid.ListImport, err error) (aid.ListImport, error) {
	if err == nil {
		err = s.store.PutListImport(ctx, before, after)
	}
	if err != nil {
		return before, err
	}
	return after, nil
}

// wake lets this function be woken for an import again.
func (s *server) wake(ctx context.Context, i aid.ListImport, step string) error {
	if err := s.files.Put(ctx, i.GoPath(step+"-"+s.token()), "text/plain", []byte(step)); err != nil {
		return fmt.Errorf("wake import %s: %w", i.ID, err)
	}
	return nil
}
