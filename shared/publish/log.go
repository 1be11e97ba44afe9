package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ksbb/shared/aid"
)

// LogRef names the newest day of the public log.
type LogRef struct {
	Day  aid.Day `json:"day"`
	Last int64   `json:"last"` // number of its last event
	Head string  `json:"head"` // sum over the chain up to and with that event
	Path string  `json:"path"`
	Hash string  `json:"hash"`
}

// RecordLog makes the manifest point at a day of the public log. It never turns
// it back to an older day, and changes nothing when the manifest says so
// already, so it may be repeated and run late. It returns aid.ErrBusy when
// publications kept winning, and aid.ErrNotFound when nothing was published yet.
func (p *Publisher) RecordLog(ctx context.Context, ref LogRef, now time.Time) error {
	for range attempts {
		t, err := p.read(ctx)
		if err != nil {
			return fmt.Errorf("record log of %s: %w", ref.Day, err)
		}
		if t.manifest.Root == "" {
			return fmt.Errorf("record log of %s: no manifest: %w", ref.Day, aid.ErrNotFound)
		}
		if log := t.manifest.Log; log != nil && (log.Day > ref.Day || *log == ref) {
			return nil
		}
		m := t.manifest
		m.Log = &ref
		if err := p.putManifest(ctx, &writer{store: p.store}, t, m, now); !errors.Is(err, aid.ErrStale) {
			return err
		}
	}
	return fmt.Errorf("record log of %s after %d attempts: %w", ref.Day, attempts, aid.ErrBusy)
}

// putManifest replaces the manifest that t was read with.
func (p *Publisher) putManifest(ctx context.Context, w *writer, t *tree, m Manifest, now time.Time) error {
	m.Generation = t.manifest.Generation + 1
	m.AsOf = max(instant(now), t.manifest.AsOf) // a slow clock must not turn time back
	m.Schema = "/data/schemas/manifest.json"
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode %s: %w", ManifestPath, err)
	}
	f := File{Path: ManifestPath, ContentType: jsonType, CacheControl: inPlace, Body: append(body, '\n')}
	if err := w.put(ctx, f, Unchanged(t.object)); err != nil {
		return err
	}
	t.manifest = m
	return nil
}
