// Package catalogue says how a region's catalogue stands: its pack with what the
// office amended since. It reads no clock; time arrives as a function.
package catalogue

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/region"
)

// Keep is how long an amendment may go unnoticed.
const Keep = time.Minute

// Source is where amendments are kept.
type Source interface {
	Catalogue(context.Context) ([]aid.Amendment, error)
}

// Current is a pack as it stands. It may be used concurrently.
type Current struct {
	base   *region.Pack
	source Source
	now    func() time.Time

	mu     sync.Mutex
	pack   *region.Pack
	of     []aid.Amendment // what pack was amended by
	readAt time.Time       // zero until the first reading
}

// New returns what stands of base by the amendments that source keeps.
func New(base *region.Pack, source Source, now func() time.Time) *Current {
	return &Current{base: base, source: source, now: now, pack: base}
}

// Fixed returns a pack that nothing amends.
func Fixed(pack *region.Pack) *Current { return &Current{base: pack, pack: pack} }

// Pack returns the pack as it stood at most [Keep] ago. It is the same pack as
// before unless something was amended. When the amendments cannot be read, or do
// not fit, it is the last one that could be, and the reason is logged: a page
// that is a little old is better than none.
func (c *Current) Pack(ctx context.Context) *region.Pack {
	if c.source == nil {
		return c.base
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if !c.readAt.IsZero() && now.Sub(c.readAt) < Keep {
		return c.pack
	}
	// A source that fails is not asked again at once, either.
	c.readAt = now
	if err := c.read(ctx); err != nil {
		slog.ErrorContext(ctx, "catalogue not read", "err", err)
	}
	return c.pack
}

// Last returns the pack as it was last known, without reading anything: for rules
// that a request comes to after [Current.Handler] has looked.
func (c *Current) Last() *region.Pack {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pack
}

// Handler looks at the catalogue before each request that h answers, at most once
// in a while, see [Keep].
func (c *Current) Handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.Pack(r.Context())
		h.ServeHTTP(w, r)
	})
}

// Fresh returns the pack as it stands now. An error means that nobody knows.
func (c *Current) Fresh(ctx context.Context) (*region.Pack, error) {
	if c.source == nil {
		return c.base, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.read(ctx); err != nil {
		return nil, err
	}
	c.readAt = c.now()
	return c.pack, nil
}

// read brings the pack up to the amendments.
func (c *Current) read(ctx context.Context) error {
	amendments, err := c.source.Catalogue(ctx)
	if err != nil {
		return err
	}
	if slices.EqualFunc(c.of, amendments, equal) {
		return nil
	}
	pack, err := c.base.Amended(amendments)
	if err != nil {
		return err
	}
	c.pack, c.of = pack, amendments
	return nil
}

// equal tells whether two amendments are the same one: versions only rise.
func equal(a, b aid.Amendment) bool {
	return a.List == b.List && a.ID == b.ID && a.Version == b.Version
}

// Made is something that is made of a pack and takes long to make: it is kept
// until the pack is another one. It may be used concurrently.
type Made[T any] struct {
	current *Current
	build   func(*region.Pack) (T, error)

	mu   sync.Mutex
	from *region.Pack
	made T
}

// Making returns what build makes of the pack as it stands.
func Making[T any](current *Current, build func(*region.Pack) (T, error)) *Made[T] {
	return &Made[T]{current: current, build: build}
}

// Get returns it, made of a pack that is at most [Keep] old.
func (m *Made[T]) Get(ctx context.Context) (T, error) {
	pack := m.current.Pack(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.from == pack {
		return m.made, nil
	}
	made, err := m.build(pack)
	if err != nil {
		var none T
		return none, err
	}
	m.from, m.made = pack, made
	return made, nil
}
