package release

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"ksbb/shared/aid"
	"ksbb/shared/publish"
)

// readList reads a list that changes in place; where there is none yet it
// returns the empty one.
func readList[T any](ctx context.Context, store Store, path string, empty T) (T, publish.Object, error) {
	object, err := store.Get(ctx, path)
	switch {
	case errors.Is(err, aid.ErrNotFound):
		return empty, publish.Object{}, nil
	case err != nil:
		return empty, publish.Object{}, fmt.Errorf("read %s: %w", path, err)
	}
	if err := json.Unmarshal(object.Body, &empty); err != nil {
		return empty, publish.Object{}, fmt.Errorf("read %s: %w", path, err)
	}
	return empty, object, nil
}

// changeList changes a list as it stands, starting again where another run was
// first, and returns what became of it; known, where that cannot be told. A
// change that changes nothing is not written.
func changeList[T any](ctx context.Context, w *writer, path string, read func(context.Context) (T, publish.Object, error),
	change func(*T), generation func(*T) *int64, known T) (T, error) {
	for range attempts {
		list, object, err := read(ctx)
		if err != nil {
			return known, err
		}
		change(&list)
		body, err := encode(path, list)
		if err != nil {
			return known, err
		}
		condition := publish.Absent
		if object.ETag != "" {
			condition = publish.Unchanged(object)
			if bytes.Equal(body, object.Body) {
				return list, nil
			}
		}
		*generation(&list)++
		if body, err = encode(path, list); err != nil {
			return known, err
		}
		f := publish.File{Path: path, ContentType: jsonType, CacheControl: inPlace, Body: body, Generation: *generation(&list)}
		if err := w.put(ctx, f, condition); err == nil {
			return list, nil
		} else if !errors.Is(err, aid.ErrStale) {
			return known, err
		}
	}
	return known, fmt.Errorf("publish %s: %w", path, aid.ErrBusy)
}
