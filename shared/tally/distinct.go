package tally

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
)

// DistinctExact is how many different members a [Distinct] counts exactly.
// Beyond it the count is an estimate.
const DistinctExact = 10_000

// Distinct counts how many different members were added, however often. It
// keeps the DistinctExact smallest 64-bit hashes (a bottom-k sketch): up to
// that many the count is exact, beyond it an estimate whose standard error is
// 1 ÷ √DistinctExact = 1 %. Merging is a union, so it is associative,
// commutative and may be repeated. The zero Distinct is empty.
//
// A Distinct is not public: the same hash in two places says that the same
// person gave in both, which "Hamba Allah" did not want to be said.
type Distinct struct {
	least []uint64 // sorted, without repeats
}

// Add returns the set with one more member.
func (d Distinct) Add(member string) Distinct {
	return d.Union(Distinct{[]uint64{spread(member)}})
}

// spread hashes a member evenly over 64 bits.
func spread(member string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(member))
	// FNV leaves the high bits of short texts uneven; this is the finalizer of
	// MurmurHash3.
	x := h.Sum64()
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// Union returns the members of both. It changes neither.
func (d Distinct) Union(e Distinct) Distinct {
	switch {
	case len(e.least) == 0:
		return d
	case len(d.least) == 0:
		return e
	}
	all := make([]uint64, 0, min(DistinctExact, len(d.least)+len(e.least)))
	for i, j := 0, 0; len(all) < DistinctExact && (i < len(d.least) || j < len(e.least)); {
		switch {
		case j == len(e.least) || i < len(d.least) && d.least[i] < e.least[j]:
			all = append(all, d.least[i])
			i++
		case i == len(d.least) || e.least[j] < d.least[i]:
			all = append(all, e.least[j])
			j++
		default:
			all = append(all, d.least[i])
			i, j = i+1, j+1
		}
	}
	return Distinct{all}
}

// Count returns how many different members there are, and whether that is
// exact.
func (d Distinct) Count() Count {
	if len(d.least) < DistinctExact {
		return Count{N: int64(len(d.least))}
	}
	// The k smallest of n even values reach k ÷ n of the whole range.
	reach := float64(d.least[DistinctExact-1]) / math.MaxUint64
	return Count{N: int64((DistinctExact-1)/reach + 0.5), Estimated: true}
}

// Count is how many there are.
type Count struct {
	N         int64 `json:"n"`
	Estimated bool  `json:"estimated"`
}

// MarshalJSON writes the hashes, eight bytes each, in base64.
func (d Distinct) MarshalJSON() ([]byte, error) {
	raw := make([]byte, 0, 8*len(d.least))
	for _, h := range d.least {
		raw = binary.BigEndian.AppendUint64(raw, h)
	}
	return json.Marshal(base64.StdEncoding.EncodeToString(raw))
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (d *Distinct) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("distinct: %w", err)
	}
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(raw)%8 != 0 || len(raw)/8 > DistinctExact {
		return fmt.Errorf("distinct of %d bytes is broken", len(raw))
	}
	d.least = nil
	for len(raw) > 0 {
		d.least = append(d.least, binary.BigEndian.Uint64(raw))
		raw = raw[8:]
	}
	if !slices.IsSorted(d.least) {
		return fmt.Errorf("distinct is not in order")
	}
	return nil
}
