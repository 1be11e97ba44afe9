package publish

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
)

// ComplaintsPath is the file in which complaints are counted. It changes in
// place.
const ComplaintsPath = "data/v1/complaints.json"

// leastShown is the smallest number that is said of a kota. A smaller one would
// point at people; it is part of the region's figure only.
const leastShown = 5

// Cases is the part of the ledger that complaints are counted from. It knows
// nothing that was written, and nobody who wrote.
type Cases interface {
	ComplaintMonths(ctx context.Context) ([]string, error)
	ComplaintsOf(ctx context.Context, month string) ([]aid.Complaint, error)
}

// ComplaintsFile counts complaints. It never says which unit any of them names,
// and of no place smaller than a kota how many there are.
type ComplaintsFile struct {
	Schema string `json:"$schema"`
	// Generation rises with every change of the file.
	Generation int64     `json:"generation"`
	AsOf       string    `json:"asOf"` // when the figures last changed
	Region     area.Code `json:"region"`
	Total      int64     `json:"total"`
	// Cells splits the total; a cell that is empty is left out.
	Cells []ComplaintCell `json:"cells"`
	// Kota holds the cells of each kota that are large enough to be said.
	Kota []KotaComplaints `json:"kota"`
}

// KotaComplaints counts the complaints about one kota.
type KotaComplaints struct {
	Area  area.Code       `json:"area"`
	Name  string          `json:"name"`
	Cells []ComplaintCell `json:"cells"`
}

// ComplaintCell counts complaints of one class in one state, by how long they
// waited and what was found.
type ComplaintCell struct {
	complaintKey
	Count int64 `json:"count"`
}

type complaintKey struct {
	Class aid.ComplaintClass `json:"class"`
	State aid.ComplaintState `json:"state"`
	// Age is the time from arrival to the answer, or until now.
	Age     string      `json:"age"`
	Outcome aid.Outcome `json:"outcome,omitempty"`
}

// ages splits how long complaints waited. The third begins where the promise of
// an answer is broken.
var ages = []struct {
	name string
	days int // and not more
}{{"under-2", 2}, {"2-7", aid.ComplaintDays}, {"7-30", 30}, {"over-30", 0}}

func ageOf(d time.Duration) string {
	for _, a := range ages[:len(ages)-1] {
		if d <= time.Duration(a.days)*24*time.Hour {
			return a.name
		}
	}
	return ages[len(ages)-1].name
}

// Counter counts the complaints of one region in public. It is safe for
// concurrent use, and several may work on one file.
type Counter struct {
	region *region.Pack
	cases  Cases
	store  Store
}

// NewCounter returns a counter of what a ledger holds.
func NewCounter(pack *region.Pack, cases Cases, store Store) *Counter {
	return &Counter{region: pack, cases: cases, store: store}
}

// Count brings the public counters up to the ledger and tells whether they had
// changed. It counts everything anew, a query for each month, so it may be
// repeated, interrupted and run beside others; the file ends the same. It
// returns aid.ErrBusy when others kept winning.
func (p *Counter) Count(ctx context.Context, now time.Time) (changed bool, err error) {
	for range attempts {
		changed, err = p.try(ctx, now)
		if !errors.Is(err, aid.ErrStale) {
			return changed, err
		}
	}
	return false, fmt.Errorf("publish %s after %d attempts: %w", ComplaintsPath, attempts, aid.ErrBusy)
}

func (p *Counter) try(ctx context.Context, now time.Time) (bool, error) {
	// The file is read before any complaint: whoever replaces it next has read
	// complaints at least as new as those it stands for. Its generation is among
	// its bytes, so one that changed and changed back is another file.
	condition := Absent
	var old ComplaintsFile
	object, err := p.store.Get(ctx, ComplaintsPath)
	switch {
	case err == nil:
		condition = Unchanged(object)
		if err := json.Unmarshal(object.Body, &old); err != nil {
			return false, fmt.Errorf("read %s: %w", ComplaintsPath, err)
		}
	case !errors.Is(err, aid.ErrNotFound):
		return false, fmt.Errorf("read %s: %w", ComplaintsPath, err)
	}
	months, err := p.cases.ComplaintMonths(ctx)
	if err != nil {
		return false, fmt.Errorf("count complaints: %w", err)
	}
	count := newComplaintCount()
	for _, month := range months {
		all, err := p.cases.ComplaintsOf(ctx, month)
		if err != nil {
			return false, fmt.Errorf("count complaints: %w", err)
		}
		for _, c := range all {
			count.add(c, now)
		}
	}
	fresh := count.file(p.region)
	fresh.Generation, fresh.AsOf = old.Generation, old.AsOf
	body, err := encodeComplaints(fresh)
	if err != nil {
		return false, err
	}
	if bytes.Equal(body, object.Body) {
		return false, nil
	}
	fresh.Generation, fresh.AsOf = old.Generation+1, instant(now)
	if body, err = encodeComplaints(fresh); err != nil {
		return false, err
	}
	f := File{Path: ComplaintsPath, ContentType: jsonType, CacheControl: inPlace, Body: body, Generation: fresh.Generation}
	if err := p.store.Put(ctx, f, condition); err != nil {
		return false, fmt.Errorf("publish %s: %w", ComplaintsPath, err)
	}
	return true, nil
}

func encodeComplaints(f ComplaintsFile) ([]byte, error) {
	body, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", ComplaintsPath, err)
	}
	return append(body, '\n'), nil
}

// complaintCount is complaints counted for the region and by kota.
type complaintCount struct {
	region map[complaintKey]int64
	kota   map[area.Code]map[complaintKey]int64
}

func newComplaintCount() complaintCount {
	return complaintCount{region: map[complaintKey]int64{}, kota: map[area.Code]map[complaintKey]int64{}}
}

func (n complaintCount) add(c aid.Complaint, now time.Time) {
	k := complaintKey{Class: c.Class, State: c.State, Age: ageOf(c.Age(now)), Outcome: c.Outcome}
	n.region[k]++
	if kota := c.Area.At(area.Kota); kota != "" {
		if n.kota[kota] == nil {
			n.kota[kota] = map[complaintKey]int64{}
		}
		n.kota[kota][k]++
	}
}

// file returns what may be said of the count.
func (n complaintCount) file(pack *region.Pack) ComplaintsFile {
	f := ComplaintsFile{Schema: "/data/schemas/complaints.json", Region: pack.Root, Cells: cells(n.region), Kota: []KotaComplaints{}}
	for _, c := range f.Cells {
		f.Total += c.Count
	}
	said := n.sayable()
	for _, code := range slices.Sorted(maps.Keys(said)) {
		f.Kota = append(f.Kota, KotaComplaints{Area: code, Name: pack.AreaName(code), Cells: cells(said[code])})
	}
	return f
}

// sayable returns the cells of each kota without those that are too small, and
// without as many larger ones as it takes that the small ones cannot be found
// by subtracting what is said from the region's figure.
func (n complaintCount) sayable() map[area.Code]map[complaintKey]int64 {
	said := map[area.Code]map[complaintKey]int64{}
	for k := range n.region {
		var shown []area.Code
		hidden := int64(0)
		for code, cells := range n.kota {
			switch count := cells[k]; {
			case count >= leastShown:
				shown = append(shown, code)
			default:
				hidden += count
			}
		}
		slices.SortFunc(shown, func(a, b area.Code) int {
			return cmp.Or(cmp.Compare(n.kota[a][k], n.kota[b][k]), cmp.Compare(a, b))
		})
		for hidden > 0 && hidden < leastShown && len(shown) > 0 {
			hidden += n.kota[shown[0]][k]
			shown = shown[1:]
		}
		for _, code := range shown {
			if said[code] == nil {
				said[code] = map[complaintKey]int64{}
			}
			said[code][k] = n.kota[code][k]
		}
	}
	return said
}

// cells lists a count in the order in which classes, states, ages and outcomes
// are shown.
func cells(count map[complaintKey]int64) []ComplaintCell {
	all := []ComplaintCell{}
	for k, n := range count {
		all = append(all, ComplaintCell{k, n})
	}
	slices.SortFunc(all, func(a, b ComplaintCell) int { return slices.Compare(a.rank(), b.rank()) })
	return all
}

// rank places a cell among others. What is not in a list stands before it.
func (k complaintKey) rank() []int {
	age := slices.IndexFunc(ages, func(a struct {
		name string
		days int
	}) bool {
		return a.name == k.Age
	})
	return []int{slices.Index(aid.ComplaintClasses, k.Class), slices.Index(aid.ComplaintStates, k.State), age, slices.Index(aid.Outcomes, k.Outcome)}
}

// checkComplaints reads the counters from outside. A tree may have none yet.
func checkComplaints(ctx context.Context, store Store) error {
	object, err := store.Get(ctx, ComplaintsPath)
	if errors.Is(err, aid.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", ComplaintsPath, err)
	}
	// Whatever else stood in it would be something that must not be said.
	d := json.NewDecoder(bytes.NewReader(object.Body))
	d.DisallowUnknownFields()
	var f ComplaintsFile
	if err := d.Decode(&f); err != nil {
		return fmt.Errorf("read %s: %w", ComplaintsPath, err)
	}
	var wrong []error
	region, total := map[complaintKey]int64{}, int64(0)
	for _, c := range f.Cells {
		if slices.Contains(c.rank()[:3], -1) || c.Outcome != "" && c.rank()[3] < 0 || c.Count < 1 || region[c.complaintKey] > 0 {
			wrong = append(wrong, fmt.Errorf("%s: no such cell as %+v", ComplaintsPath, c))
		}
		region[c.complaintKey] += c.Count
		total += c.Count
	}
	if total != f.Total {
		wrong = append(wrong, fmt.Errorf("%s: %d complaints in all, %d in its cells", ComplaintsPath, f.Total, total))
	}
	for _, kota := range f.Kota {
		if kota.Area.Level() != area.Kota {
			wrong = append(wrong, fmt.Errorf("%s: counts complaints of %s", ComplaintsPath, kota.Area))
		}
		for _, c := range kota.Cells {
			if c.Count < leastShown {
				wrong = append(wrong, fmt.Errorf("%s: %d complaints of %s are too few to be said", ComplaintsPath, c.Count, kota.Area))
			}
			if region[c.complaintKey] -= c.Count; region[c.complaintKey] < 0 {
				wrong = append(wrong, fmt.Errorf("%s: more complaints of a kind in its kota than in all, at %s", ComplaintsPath, kota.Area))
			}
		}
	}
	return errors.Join(wrong...)
}
