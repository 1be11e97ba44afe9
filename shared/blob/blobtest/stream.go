package blobtest

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"ksbb/shared/aid"
)

// Open reads the newest version of the object at key piece by piece.
func (v *MemoryVault) Open(_ context.Context, key string) (io.ReadCloser, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	k := v.find(key, "")
	if k == nil {
		return nil, fmt.Errorf("object %s: %w", key, aid.ErrNotFound)
	}
	return io.NopCloser(bytes.NewReader(k.body)), nil // what was put never changes
}
