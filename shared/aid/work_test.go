package aid

import (
	"testing"
	"time"

	"ksbb/shared/area"
)

func TestACommitmentWaitsInTheLaneOfWhatIsOwed(t *testing.T) {
	pledged := begin(t).verify()
	signed := begin(t).signed()
	scheduled := begin(t).signed().schedule("2021-04-26")
	reported := begin(t).signed().schedule("2021-04-26").report("a", 10, 3)
	part := begin(t).signed().schedule("2021-04-26").report("a", 4, 3).answer("a", Full, ViaSteward)
	disputed := begin(t).signed().schedule("2021-04-26").report("a", 10, 3).answer("a", Fewer, ViaSteward, 9, 3)
	done := begin(t).signed().schedule("2021-04-26").report("a", 10, 3).answer("a", Full, ViaSteward)
	for _, c := range []struct {
		name string
		c    Commitment
		lane Lane
		at   time.Time
	}{
		{"submitted", begin(t).c, "", time.Time{}},
		{"pledged", pledged.c, LaneContact, pledged.c.ContactBy},
		{"signed", signed.c, LaneDelivery, signed.c.Period.To.Plus(1).Begins(time.UTC)},
		{"scheduled", scheduled.c, LaneDelivery, Day("2021-04-27").Begins(time.UTC)},
		{"reported", reported.c, LaneAnswer, reported.c.Deliveries[0].ReportedAt.AddDate(0, 0, AnswerDays)},
		{"a part received", part.c, LaneDelivery, Day("2021-04-27").Begins(time.UTC)},
		{"disputed", disputed.c, LaneDispute, disputed.c.Deliveries[0].AnsweredAt},
		{"received", done.c, "", time.Time{}},
	} {
		lane, at := WorkOf(c.c)
		if lane != c.lane || !at.Equal(c.at) {
			t.Errorf("%s waits in %q for %v; want %q, %v", c.name, lane, at, c.lane, c.at)
		}
		if w := c.c.Work(); w.Lane != c.lane || c.lane != "" && (w.Kota != "31.74" || w.Area != "31.74.01.1001") {
			t.Errorf("%s waits at %+v", c.name, w)
		}
	}
}

func TestAComplaintWaitsAtItsDesk(t *testing.T) {
	due := noon.AddDate(0, 0, 7)
	for _, try := range []struct {
		name string
		c    Complaint
		kota area.Code
		kel  area.Code
	}{
		{"of a kelurahan", Complaint{State: ComplaintReceived, Area: "31.74.01.1001"}, "31.74", "31.74.01.1001"},
		{"that names a unit of it", Complaint{State: ComplaintReceived, Area: "31.74.01.1001", About: About{Recipient: rw}}, "31.74", ""},
		{"that names an aggregator", Complaint{State: ComplaintAssigned, Area: "31.74.01.1001", About: About{Aggregator: "a"}}, "", ""},
		{"of nowhere", Complaint{State: ComplaintReceived}, "", ""},
	} {
		try.c.DueBy = due
		if w := try.c.Work(); w != (Work{Lane: LaneComplaint, At: due, Kota: try.kota, Area: try.kel}) {
			t.Errorf("a complaint %s waits at %+v", try.name, w)
		}
	}
	if w := (Complaint{State: ComplaintAnswered, Area: "31.74.01.1001", DueBy: due}).Work(); w != (Work{}) {
		t.Errorf("one that was answered waits at %+v", w)
	}
}

func TestTheKelurahanOfARecipientIsThatOfItsIdentifier(t *testing.T) {
	for _, try := range []struct {
		r    RecipientID
		leaf Leaf
		want area.Code
	}{
		{"31.74.01.1001.003", Leaf{Area: "31.74.01"}, "31.74.01.1001"},
		{"31.74.01.1001-panti-1", Leaf{Area: "31.74.01"}, "31.74.01.1001"},
		{"31.74.01.1002-umkm-7", Leaf{Area: "31.74.01.1002"}, "31.74.01.1002"},
		{"31.75.01.1001-panti-1", Leaf{Area: "31.74.01"}, ""},
		{"panti", Leaf{Area: "31.74.01"}, ""},
		{"panti", Leaf{Area: "31.74.01.1002"}, "31.74.01.1002"},
	} {
		if got := kelurahanOf(try.r, try.leaf); got != try.want {
			t.Errorf("%s of %s lies in %q; want %q", try.r, try.leaf, got, try.want)
		}
	}
}
