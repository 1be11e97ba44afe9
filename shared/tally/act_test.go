package tally_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ksbb/shared/aid"
	"ksbb/shared/tally"
)

// The newest acts of an area are the newest of everything in it, however it was
// grouped on the way: what was cut off a part could not have been among them.
func TestTheLatestOfAnAreaAreTheNewestOfAllActs(t *testing.T) {
	t.Parallel()
	cut := 0
	rapid.Check(t, func(t *rapid.T) {
		var all []tally.Act
		parts := make([]tally.Giving, rapid.IntRange(1, 5).Draw(t, "parts"))
		for i := range parts {
			for range rapid.IntRange(0, 25).Draw(t, "acts") {
				a := tally.Act{
					At: dawn.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "at")) * time.Hour), Number: fmt.Sprintf("K-%04d", len(all)),
					Move: rapid.SampledFrom([]aid.Move{aid.Verify, aid.Report}).Draw(t, "move"),
				}
				all = append(all, a)
				parts[i] = parts[i].Plus(tally.Giving{Latest: []tally.Act{a}})
			}
		}
		var pairwise tally.Giving
		for _, part := range rapid.Permutation(parts).Draw(t, "order") {
			pairwise = pairwise.Plus(part)
		}
		want := slices.SortedFunc(slices.Values(all), func(a, b tally.Act) int {
			return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Number, b.Number))
		})
		if len(want) > tally.ActsKept {
			cut++
			want = want[:tally.ActsKept]
		}
		for how, got := range map[string][]tally.Act{"at once": tally.SumOf(parts).Latest, "one by one": pairwise.Latest} {
			if !slices.EqualFunc(got, want, func(a, b tally.Act) bool { return a.Number == b.Number }) {
				t.Fatalf("%s: %+v\nwant %+v", how, got, want)
			}
		}
	})
	if cut == 0 {
		t.Error("there were never more than are kept")
	}
}

func TestAnActSaysWhatMovedAndNoMore(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 1, 3, 0, 0, 0, time.UTC)
	c := aid.Commitment{
		ID: "0198c0de-0000-7000-8000-00000000002a", Recipient: "31.74.01.1001.003", Program: "pangan", Class: aid.Community, State: aid.Disputed,
		Collaborator: "secret", Salt: "salt",
		Lines: []aid.Line{{Package: "sembako", Quantity: 9, Unit: "paket"}, {Free: "selimut", Quantity: 4, Unit: "helai"}},
		Deliveries: []aid.Delivery{
			{ID: "a", Number: "B-1", Quantities: []int64{5, 0}, Received: []int64{3, 0}},
			{ID: "b", Number: "B-2", Quantities: []int64{4, 4}, Received: []int64{0, 0}},
		},
		Log: []aid.Event{
			{At: at, Move: aid.Verify},
			{At: at.Add(time.Hour), Move: aid.Sign},
			{At: at.Add(2 * time.Hour), Move: aid.Report, Delivery: 1},
			{At: at.Add(3 * time.Hour), Move: aid.Receive, Delivery: 1, Received: []int64{3, 0}},
			{At: at.Add(4 * time.Hour), Move: aid.Receive, Delivery: 2, Received: []int64{0, 0}}, // nothing came
		},
	}
	ended := c
	ended.ID, ended.State = "0198c0de-0000-7000-8000-00000000002b", aid.Withdrawn
	r := aid.Recipient{ID: c.Recipient, Name: "RW 03", Area: "31.74.01.1001.003", Demo: true}
	got := tally.ActsOf(r, []aid.Commitment{c, ended})
	type told struct {
		move   aid.Move
		bast   aid.BASTNumber
		things []int64
	}
	want := []told{{aid.Receive, "B-2", []int64{0, 0}}, {aid.Receive, "B-1", []int64{3}}, {aid.Report, "B-1", []int64{5}}, {aid.Verify, "", []int64{9, 4}}}
	if len(got) != len(want) {
		t.Fatalf("%d acts: %+v; want %d", len(got), got, len(want))
	}
	for i, a := range got {
		var things []int64
		for _, thing := range a.Things {
			things = append(things, thing.Quantity)
		}
		if a.Move != want[i].move || a.BAST != want[i].bast || !slices.Equal(things, want[i].things) {
			t.Errorf("act %d is %s %s of %v; want %+v", i, a.Move, a.BAST, things, want[i])
		}
		if a.Name != aid.HambaAllah || a.Place != "RW 03" || a.Area != r.Area || !a.Demo || a.Number != c.ID.Number() {
			t.Errorf("act %d is told as %+v", i, a)
		}
	}
}
