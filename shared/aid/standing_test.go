package aid

import (
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestStandingsAddUpAndTheirDifferenceLeavesOutWhatStays(t *testing.T) {
	pledged, lapsed := begin(t).verify(), begin(t).verify().elapse(60*time.Hour)
	spoken := *pledged
	spoken.wait(5 * time.Hour).speak()
	sum := StandingOf([]Commitment{begin(t).c, pledged.c, lapsed.c, spoken.c})
	sembako := NeedOf(rw, "sembako")
	want := Standing{
		Needs: map[NeedID]Counts{sembako: {Committed: 20}}, Free: Counts{Committed: 200}, Open: 2, Pledged: 3, Lapsed: 1, Hours: map[int]int64{6: 1},
	}
	if !reflect.DeepEqual(sum, want) {
		t.Errorf("standing %+v; want %+v", sum, want)
	}
	moved := spoken.c.Standing().Minus(pledged.c.Standing())
	if want := (Standing{Needs: map[NeedID]Counts{}, Hours: map[int]int64{6: 1}}); !reflect.DeepEqual(moved, want) {
		t.Errorf("contact moves %+v; want %+v", moved, want)
	}
	back := lapsed.c.Standing().Minus(pledged.c.Standing())
	if back.Needs[sembako] != (Counts{Committed: -10}) || back.Open != -1 || back.Pledged != 0 || back.Lapsed != 1 || back.Free != (Counts{Committed: -100}) {
		t.Errorf("a lapse moves %+v", back)
	}
	late := begin(t).verify().silent().renew().wait(130 * time.Hour).speak()
	if got := late.c.Standing().Hours; !maps.Equal(got, map[int]int64{LongestHour: 1}) {
		t.Errorf("contact after five days counts as %v; want the longest", got)
	}
}

func TestUntrueFiguresAreFound(t *testing.T) {
	c := begin(t).signed().report("a", 4, 1).answer("a", Fewer, ViaSteward, 3, 1).c
	sembako := NeedOf(rw, "sembako")
	truth := func() Place {
		return Place{
			Needs:    []Need{{ID: sembako, Needed: 10, Committed: 7, Received: 3}, {ID: NeedOf(rw, "siap-saji"), Needed: 5}},
			Activity: Activity{Open: 1, Pledged: 1, FreeCommitted: 67, FreeReceived: 33, Hours: map[int]int64{1: 1}},
		}
	}
	if wrong, activity := Untrue(truth(), []Commitment{c}); wrong != nil || activity {
		t.Fatalf("the truth is said to be untrue: %v, %v", wrong, activity)
	}
	for name, spoil := range map[string]func(*Place){
		"fewer committed":       func(p *Place) { p.Needs[0].Committed-- },
		"delivered for none":    func(p *Place) { p.Needs[1].Delivered = 1 },
		"more than is needed":   func(p *Place) { p.Needs[0].Needed = 9 },
		"a promise too many":    func(p *Place) { p.Activity.Open = 2 },
		"never pledged":         func(p *Place) { p.Activity.Pledged = 0 },
		"lapsed":                func(p *Place) { p.Activity.Lapsed = 1 },
		"a rupiah too few":      func(p *Place) { p.Activity.FreeReceived-- },
		"another hour":          func(p *Place) { p.Activity.Hours = map[int]int64{2: 1} },
		"an hour that is extra": func(p *Place) { p.Activity.Hours[LongestHour] = 1 },
	} {
		p := truth()
		spoil(&p)
		wrong, activity := Untrue(p, []Commitment{c})
		needs := !reflect.DeepEqual(p.Needs, truth().Needs)
		if needs != (len(wrong) == 1) || needs == activity {
			t.Errorf("%s: needs %v, activity %v", name, wrong, activity)
		}
		if needs && !slices.Contains([]NeedID{sembako, NeedOf(rw, "siap-saji")}, wrong[0]) {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}
