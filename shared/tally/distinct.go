package tally

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
)

// DistinctExact is how many different members a [Distinct] counts exactly.
// Beyond it the count is an estimate.
const DistinctExact = 10_000

// Distinct counts how many different members were added, however often. It
// keeps the smallest 64-bit hashes (a bottom-k sketch), one more than
// DistinctExact, which tells that there are more: up to that many the count is
// exact, beyond it an estimate whose standard error is 1 ÷ √DistinctExact = 1 %. Merging is a union, so it is associative,
// commutative and may be repeated. The zero Distinct is empty.
//
// A Distinct is not public: the same hash in two places says that the same
// person gave in both, which "Hamba Allah" did not want to be said.
type Distinct struct {
	least []uint64 // sorted, without repeats
}

// distinctKept is how many hashes are kept.
const distinctKept = DistinctExact + 1

// distinctOf returns the set of those whose hashes these are. It reorders them.
func distinctOf(hashes []uint64) Distinct {
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	return Distinct{slices.Clip(hashes[:min(len(hashes), distinctKept)])}
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
	case len(d.least) < len(e.least):
		d, e = e, d
	}
	if d.covers(e) {
		return d
	}
	all := make([]uint64, 0, min(distinctKept, len(d.least)+len(e.least)))
	for i, j := 0, 0; len(all) < distinctKept && (i < len(d.least) || j < len(e.least)); {
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

// covers tells whether a union with e would be d. Most of the time it is: people
// give again, and of a large set the newcomers are not among the least.
func (d Distinct) covers(e Distinct) bool {
	full := len(d.least) == distinctKept
	for _, h := range e.least {
		if full && h > d.least[distinctKept-1] {
			return true // and so are all that follow
		}
		if _, found := slices.BinarySearch(d.least, h); !found {
			return false
		}
	}
	return true
}

// Count returns how many different members there are, and whether that is
// exact.
func (d Distinct) Count() Count {
	if len(d.least) < distinctKept {
		return Count{N: int64(len(d.least))}
	}
	// The k smallest of n even values reach k ÷ n of the whole range; less one,
	// for the last of them is where we looked.
	reach := float64(d.least[distinctKept-1]) / math.MaxUint64
	return Count{N: int64((distinctKept-1)/reach + 0.5), Estimated: true}
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
	if err != nil || len(raw)%8 != 0 || len(raw)/8 > distinctKept {
		return fmt.Errorf("distinct of %d bytes is broken", len(raw))
	}
	var least []uint64
	for ; len(raw) > 0; raw = raw[8:] {
		h := binary.BigEndian.Uint64(raw)
		if n := len(least); n > 0 && h <= least[n-1] {
			return errors.New("distinct is not in order")
		}
		least = append(least, h)
	}
	d.least = least
	return nil
}
