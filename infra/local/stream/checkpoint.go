package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// A checkpoint remembers the last record of each shard that needs no further
// attention. It belongs to one stream: a table made anew has another.
type checkpoint struct {
	file string

	mu     sync.Mutex
	saved  bool
	Stream string            `json:"stream"`
	Shards map[string]string `json:"shards"`
	Ended  map[string]bool   `json:"ended,omitempty"`
}

func openCheckpoint(file, stream string) (*checkpoint, error) {
	fresh := &checkpoint{file: file, Stream: stream, Shards: map[string]string{}, Ended: map[string]bool{}}
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return fresh, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read checkpoint: %w", err)
	}
	c := &checkpoint{file: file, saved: true}
	if err := json.Unmarshal(text, c); err != nil {
		return nil, fmt.Errorf("read checkpoint %s: %w", file, err)
	}
	if c.Stream != stream || c.Shards == nil {
		return fresh, nil
	}
	if c.Ended == nil {
		c.Ended = map[string]bool{}
	}
	return c, nil
}

func (c *checkpoint) at(shard string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Shards[shard]
}

func (c *checkpoint) ended(shard string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Ended[shard]
}

func (c *checkpoint) note(shard, sequence string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Shards[shard], c.saved = sequence, false
}

func (c *checkpoint) end(shard string) error {
	c.mu.Lock()
	c.Ended[shard], c.saved = true, false
	c.mu.Unlock()
	return c.save()
}

// save writes the file, if anything has changed. A kill leaves the old one or
// the new one.
func (c *checkpoint) save() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.saved {
		return nil
	}
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(c.file), 0o755); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	if err := os.WriteFile(c.file+".new", text, 0o644); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	if err := os.Rename(c.file+".new", c.file); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	c.saved = true
	return nil
}

// sameNumber compares sequence numbers, which are numbers written as text.
func sameNumber(a, b string) bool {
	return b != "" && strings.TrimLeft(a, "0") == strings.TrimLeft(b, "0")
}
