package tally

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// members returns the set of the members from first to last.
func members(first, last int) Distinct {
	hashes := make([]uint64, 0, last-first)
	for i := first; i < last; i++ {
		hashes = append(hashes, spread(fmt.Sprintf("member-%d", i)))
	}
	return distinctOf(hashes)
}

func TestDistinctIsExactUpToItsBoundAndNearBeyond(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 999, DistinctExact - 1, DistinctExact} {
		if got := members(0, n).Count(); got != (Count{N: int64(n)}) {
			t.Errorf("%d members are counted as %+v", n, got)
		}
	}
	for _, n := range []int{DistinctExact + 1, 12_000, 100_000, 1_000_000} {
		got := members(0, n).Count()
		if !got.Estimated || math.Abs(float64(got.N)-float64(n)) > 0.03*float64(n) {
			t.Errorf("%d members are counted as %+v; want an estimate within 3 %%", n, got)
		}
	}
}

// A province merges its kota, which merged theirs; givers give in many of them.
func TestUnionsOfDistinctCountEachMemberOnce(t *testing.T) {
	t.Parallel()
	var parts []Distinct
	for first := 0; first < 60_000; first += 2_000 {
		parts = append(parts, members(first, first+5_000)) // overlapping
	}
	want := members(0, 63_000)
	fold := func(order []Distinct) (sum Distinct) {
		for _, d := range order {
			sum = sum.Union(d)
		}
		return sum
	}
	backwards := slices.Clone(parts)
	slices.Reverse(backwards)
	twice := slices.Concat(parts, parts)
	halves := fold(parts[:11]).Union(fold(parts[11:]))
	for name, got := range map[string]Distinct{"in order": fold(parts), "backwards": fold(backwards), "twice": fold(twice), "by halves": halves} {
		if !slices.Equal(got.least, want.least) {
			t.Errorf("%s: %+v; want %+v", name, got.Count(), want.Count())
		}
	}
}

// The last one that is kept gives way to any that is less, and to no other.
func TestAFullDistinctTakesWhatIsLess(t *testing.T) {
	t.Parallel()
	even := make([]uint64, distinctKept)
	for i := range even {
		even[i] = 2 * uint64(i)
	}
	last := even[distinctKept-1]
	for added, want := range map[uint64]uint64{last + 1: last, last: last, last - 1: last - 1, 1: last - 2} {
		for _, d := range []Distinct{(Distinct{even}).Union(Distinct{[]uint64{added}}), (Distinct{[]uint64{added}}).Union(Distinct{even})} {
			if got := d.least[len(d.least)-1]; got != want || len(d.least) != distinctKept {
				t.Errorf("with %d beside %d hashes up to %d the last is %d; want %d", added, len(d.least), last, got, want)
			}
		}
	}
}

func TestDistinctIsASet(t *testing.T) {
	t.Parallel()
	set := rapid.Map(rapid.SliceOfN(rapid.IntRange(0, 40), 0, 30), func(who []int) (d Distinct) {
		for _, i := range who {
			d = d.Add(fmt.Sprint(i))
		}
		return d
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := set.Draw(t, "a"), set.Draw(t, "b"), set.Draw(t, "c")
		kept := slices.Clone(a.least)
		for name, pair := range map[string][2]Distinct{
			"associative": {a.Union(b).Union(c), a.Union(b.Union(c))},
			"commutative": {a.Union(b), b.Union(a)},
			"repeatable":  {a.Union(b).Union(b).Union(a), a.Union(b)},
		} {
			if !slices.Equal(pair[0].least, pair[1].least) {
				t.Fatalf("union is not %s: %v and %v", name, pair[0], pair[1])
			}
		}
		if !slices.Equal(a.least, kept) {
			t.Fatal("a union changed its side")
		}
		raw, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var back Distinct
		if err := json.Unmarshal(raw, &back); err != nil || !slices.Equal(back.least, a.least) {
			t.Fatalf("%s was read as %v, %v", raw, back, err)
		}
	})
}

func TestBrokenDistinctIsRefused(t *testing.T) {
	t.Parallel()
	packed := func(hashes ...uint64) string {
		var raw []byte
		for _, h := range hashes {
			raw = binary.BigEndian.AppendUint64(raw, h)
		}
		return `"` + base64.StdEncoding.EncodeToString(raw) + `"`
	}
	many := make([]uint64, distinctKept+1)
	for i := range many {
		many[i] = uint64(i)
	}
	for name, raw := range map[string]string{
		"a number": `7`, "no base64": `"?"`, "half a hash": `"AAAA"`, "out of order": packed(2, 1), "a hash twice": packed(1, 1), "too many": packed(many...),
	} {
		d := members(0, 3)
		if err := json.Unmarshal([]byte(raw), &d); err == nil || d.Count().N != 3 {
			t.Errorf("%s: %v, %+v", name, err, d.Count())
		}
	}
}

// A set of millions must not be copied for everyone who gives again.
func TestUnionWithWhatIsCoveredCopiesNothing(t *testing.T) {
	large, again := members(0, 50_000), members(100, 300)
	if n := testing.AllocsPerRun(10, func() { large.Union(again); again.Union(large) }); n != 0 {
		t.Errorf("%g allocations; want none", n)
	}
}
