package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/publish"
)

// count is what AWS would charge for.
type count struct {
	requests          map[string]int // to DynamoDB, by operation
	readUnits         float64
	writeUnits        float64
	gets, puts        int // of S3
	objects           int // written: puts whose condition held
	bytesIn, bytesOut int64
}

// calls is the number of requests to DynamoDB.
func (c *count) calls() (sum int) {
	for _, n := range c.requests {
		sum += n
	}
	return sum
}

// operations lists requests by operation, for one of n commitments.
func (c *count) operations(n int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(c.requests)) {
		parts = append(parts, fmt.Sprintf("%s %.4g", name, float64(c.requests[name])/float64(n)))
	}
	return strings.Join(parts, ", ")
}

// meter counts calls, each to the phase it belongs to.
type meter struct {
	mu     sync.Mutex
	phases map[string]*count
	phase  *count // nil: not counted
}

// in counts, for as long as f runs, to a phase.
func (m *meter) in(phase string, f func() error) error {
	m.mu.Lock()
	if m.phases == nil {
		m.phases = map[string]*count{}
	}
	if m.phases[phase] == nil {
		m.phases[phase] = &count{requests: map[string]int{}}
	}
	m.phase = m.phases[phase]
	m.mu.Unlock()
	err := f()
	m.mu.Lock()
	m.phase = nil
	m.mu.Unlock()
	return err
}

// cost is what a phase has cost so far.
func (m *meter) cost(phase string) *count {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.phases[phase] == nil {
		return &count{}
	}
	return m.phases[phase]
}

// forget begins anew, after a warm-up.
func (m *meter) forget() { m.phases = nil }

func (m *meter) add(f func(*count)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.phase != nil {
		f(m.phase)
	}
}

// meteredDB counts the calls that the measured paths make, with the units that
// the engine says they consumed. A retry inside the SDK counts as one call.
type meteredDB struct {
	*dynamodb.Client
	meter *meter
}

func (db meteredDB) note(operation string, write bool, consumed ...types.ConsumedCapacity) {
	db.meter.add(func(c *count) {
		c.requests[operation]++
		for _, u := range consumed {
			if u.CapacityUnits == nil {
				continue
			}
			if write {
				c.writeUnits += *u.CapacityUnits
			} else {
				c.readUnits += *u.CapacityUnits
			}
		}
	})
}

func one(c *types.ConsumedCapacity) []types.ConsumedCapacity {
	if c == nil {
		return nil
	}
	return []types.ConsumedCapacity{*c}
}

// GetItem counts a read.
func (db meteredDB) GetItem(ctx context.Context, in *dynamodb.GetItemInput, options ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := db.Client.GetItem(ctx, in, options...)
	if err == nil {
		db.note("GetItem", false, one(out.ConsumedCapacity)...)
	}
	return out, err
}

// Query counts one page.
func (db meteredDB) Query(ctx context.Context, in *dynamodb.QueryInput, options ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := db.Client.Query(ctx, in, options...)
	if err == nil {
		db.note("Query", false, one(out.ConsumedCapacity)...)
	}
	return out, err
}

// TransactWriteItems counts a transaction.
func (db meteredDB) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, options ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := db.Client.TransactWriteItems(ctx, in, options...)
	if err == nil {
		db.note("TransactWriteItems", true, out.ConsumedCapacity...)
	}
	return out, err
}

// meteredStore counts what a publication reads and writes, and remembers when
// the manifest was last replaced: from then on everybody reads the new totals.
type meteredStore struct {
	publish.Store
	meter    *meter
	mu       sync.Mutex
	manifest time.Time
}

func (s *meteredStore) Get(ctx context.Context, path string) (publish.Object, error) {
	o, err := s.Store.Get(ctx, path)
	s.meter.add(func(c *count) {
		c.gets++
		c.bytesIn += int64(len(o.Body))
	})
	return o, err
}

func (s *meteredStore) Put(ctx context.Context, f publish.File, condition publish.Condition) error {
	err := s.Store.Put(ctx, f, condition)
	if err == nil && f.Path == publish.ManifestPath {
		s.mu.Lock()
		s.manifest = time.Now()
		s.mu.Unlock()
	}
	s.meter.add(func(c *count) {
		c.puts++
		if err == nil {
			c.objects++
			c.bytesOut += int64(len(f.Body))
		}
	})
	return err
}

// replaced is when the manifest was last replaced.
func (s *meteredStore) replaced() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.manifest
}
