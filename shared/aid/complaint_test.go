package aid

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ksbb/shared/area"
)

const (
	someComplaint = ComplaintID("0198c0de-0000-7000-8000-00000000002a")
	kelurahan     = area.Code("31.74.01.1001")
	rwNamed       = RecipientID("31.74.01.1001.003")
)

var complaintDay = time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)

func complaintCatalogue() *Catalogue {
	return &Catalogue{Aggregators: map[AggregatorID]Aggregator{"mitra": {ID: "mitra", Name: "Mitra Contoh"}}, Zone: time.UTC}
}

func isKelurahan(c area.Code) bool { return c == kelurahan || c == "31.74.01.1002" }

func rwPlace() Place {
	return Place{Recipient: Recipient{ID: rwNamed, Name: "RW 03", Area: area.Code(rwNamed)}}
}

func complaintDraft() ComplaintDraft {
	return ComplaintDraft{ID: someComplaint, Class: Levy, Text: "Diminta Rp5.000 per paket."}
}

func filed(t testing.TB, change func(*ComplaintDraft)) Complaint {
	t.Helper()
	d := complaintDraft()
	if change != nil {
		change(&d)
	}
	promise := Commitment{ID: "0198c0de-0000-7000-8000-0000000000aa", Recipient: rwNamed, Aggregator: "mitra", Route: Aggregate}
	c, _, err := d.Check(complaintCatalogue(), isKelurahan, rwPlace(), promise, complaintDay)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What a complaint names decides who handles it and who never sees it.
func TestNobodySeesAComplaintAboutTheirOwn(t *testing.T) {
	t.Parallel()
	var (
		lurah     = Staff{Role: StaffKelurahan, Areas: []area.Code{kelurahan}}
		neighbour = Staff{Role: StaffKelurahan, Areas: []area.Code{"31.74.01.1002"}}
		bothLurah = Staff{Role: StaffKelurahan, Areas: []area.Code{"31.74.01.1002", kelurahan}}
		ketuaRW   = Staff{Role: StaffKelurahan, Areas: []area.Code{area.Code(rwNamed)}}
		camat     = Staff{Role: StaffComplaints, Areas: []area.Code{"31.74.01"}}
		kota      = Staff{Role: StaffComplaints, Areas: []area.Code{"31.74"}}
		otherKota = Staff{Role: StaffComplaints, Areas: []area.Code{"31.71"}}
		insider   = Staff{Role: StaffComplaints, Areas: []area.Code{"31.74", kelurahan}}
		region    = Staff{Role: StaffComplaints}
		province  = Staff{Role: StaffComplaints, Areas: []area.Code{"31"}}
		admin     = Staff{Role: StaffAdmin}
		rwAdmin   = Staff{Role: StaffAdmin, Areas: []area.Code{area.Code(rwNamed)}}
		mitra     = Staff{Role: StaffAggregator, Aggregator: "mitra"}
		double    = Staff{Role: StaffComplaints, Aggregator: "mitra"}
		assessor  = Staff{Role: StaffAssessor}
		verifier  = Staff{Role: StaffVerifier, Areas: []area.Code{"31.74"}}
		homeless  = Staff{Role: StaffKelurahan}
	)
	everybody := map[string]Staff{
		"lurah": lurah, "neighbour": neighbour, "lurah of two": bothLurah, "ketua RW": ketuaRW, "camat": camat, "kota": kota,
		"other kota": otherKota, "insider": insider, "region": region, "province": province, "admin": admin, "admin of the RW": rwAdmin,
		"aggregator": mitra, "officer of the aggregator": double, "assessor": assessor, "verifier": verifier, "lurah of nowhere": homeless,
	}
	for name, c := range map[string]struct {
		complaint Complaint
		desk      Desk
		sees      []string
	}{
		"about nobody, nowhere": {filed(t, nil), Desk{Role: StaffComplaints}, []string{"region", "admin"}},
		"about nobody, in a kelurahan": {filed(t, func(d *ComplaintDraft) { d.Area = kelurahan }), Desk{StaffKelurahan, kelurahan},
			[]string{"lurah", "lurah of two", "camat", "kota", "insider", "region", "province", "admin"}},
		"about an RW": {filed(t, func(d *ComplaintDraft) { d.About.Recipient = rwNamed }), Desk{StaffComplaints, "31.74"},
			[]string{"kota", "region", "province", "admin"}},
		"about a kelurahan": {filed(t, func(d *ComplaintDraft) { d.About.Area = kelurahan }), Desk{StaffComplaints, "31.74"},
			[]string{"kota", "region", "province", "admin"}},
		"about an aggregator": {filed(t, func(d *ComplaintDraft) { d.About.Aggregator, d.Area = "mitra", kelurahan }), Desk{Role: StaffComplaints},
			[]string{"region", "admin"}},
		"about a commitment": {filed(t, func(d *ComplaintDraft) { d.About.Commitment = "k 0000 005a" }), Desk{Role: StaffComplaints},
			[]string{"region", "admin"}},
	} {
		if got := c.complaint.Desk(); got != c.desk {
			t.Errorf("%s: handled by %v; want %v", name, got, c.desk)
		}
		for who, staff := range everybody {
			if got, want := staff.Sees(c.complaint), slices.Contains(c.sees, who); got != want {
				t.Errorf("%s: %s sees it: %v; want %v", name, who, got, want)
			}
		}
	}
}

func TestAnOverdueComplaintGoesOneDeskUpAndNeverToWhomItNames(t *testing.T) {
	t.Parallel()
	late := complaintDay.AddDate(0, 0, ComplaintDays)
	for name, c := range map[string]struct {
		change func(*ComplaintDraft)
		want   Desk
	}{
		"kelurahan to kota":    {func(d *ComplaintDraft) { d.Area = kelurahan }, Desk{StaffComplaints, "31.74"}},
		"kota to region":       {func(d *ComplaintDraft) { d.About.Recipient = rwNamed }, Desk{Role: StaffComplaints}},
		"region to itself":     {nil, Desk{Role: StaffComplaints}},
		"of aggregator: there": {func(d *ComplaintDraft) { d.About.Aggregator = "mitra" }, Desk{Role: StaffComplaints}},
	} {
		before := filed(t, c.change)
		after, m, letters, ok := before.Elapsed(late)
		if !ok || m != EscalateComplaint || !slices.Equal(letters, []LetterKind{LetterOfficeLate}) || after.Desk() != c.want {
			t.Errorf("%s: %s %v, desk %v, %v; want %v", name, m, letters, after.Desk(), ok, c.want)
		}
		if _, m, _, again := after.Elapsed(late.AddDate(1, 0, 0)); again {
			t.Errorf("%s: time does %s to it, which nobody has answered", name, m)
		}
	}
}

func TestAComplaintMayNameNobodyAndItsReporterMayBeNobody(t *testing.T) {
	t.Parallel()
	c, words, err := complaintDraft().Check(complaintCatalogue(), isKelurahan, Place{}, Commitment{}, complaintDay)
	if err != nil || words.Email != "" || c.Area != "" || c.About != (About{}) {
		t.Errorf("Check = %+v, %+v, %v", c, words, err)
	}
	if !c.DueBy.Equal(complaintDay.AddDate(0, 0, 7)) || !c.DueAt.Equal(c.DueBy) || c.State != ComplaintReceived {
		t.Errorf("an answer is due %v (%v)", c.DueBy, c.DueAt)
	}
}

func TestACommitmentNamesItsRecipientAndItsAggregator(t *testing.T) {
	t.Parallel()
	c := filed(t, func(d *ComplaintDraft) { d.About.Commitment = "k 0000 005a" })
	if want := (About{Commitment: "K-0000-005A", Recipient: rwNamed, Aggregator: "mitra"}); c.About != want || c.Area != kelurahan {
		t.Errorf("about %+v in %s; want %+v", c.About, c.Area, want)
	}
}

func TestADraftIsRefusedForAllThatIsWrong(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*ComplaintDraft){
		"/class required":           func(d *ComplaintDraft) { d.Class = "" },
		"/class unknown":            func(d *ComplaintDraft) { d.Class = "rude" },
		"/about duplicate":          func(d *ComplaintDraft) { d.About = About{Recipient: rwNamed, Area: kelurahan} },
		"/about/recipient unknown":  func(d *ComplaintDraft) { d.About.Recipient = "31.74.01.1001.009" },
		"/about/area unknown":       func(d *ComplaintDraft) { d.About.Area = "31.74.01" },
		"/about/aggregator unknown": func(d *ComplaintDraft) { d.About.Aggregator = "nobody" },
		"/about/commitment unknown": func(d *ComplaintDraft) { d.About.Commitment = "K-0000-0000" },
		"/area not_allowed":         func(d *ComplaintDraft) { d.About.Recipient, d.Area = rwNamed, "31.74.01.1002" },
		"/area unknown":             func(d *ComplaintDraft) { d.Area = "31.99.01.1001" },
		"/text required":            func(d *ComplaintDraft) { d.Text = " \n " },
		"/text too_short":           func(d *ComplaintDraft) { d.Text = "pungli" },
		"/text too_long":            func(d *ComplaintDraft) { d.Text = strings.Repeat("a\n", MaxComplaint) },
		"/text text":                func(d *ComplaintDraft) { d.Text = "Diminta uang\u202e di RW" },
		"/contact/email email":      func(d *ComplaintDraft) { d.Email = "siti" },
	} {
		d := complaintDraft()
		change(&d)
		_, _, err := d.Check(complaintCatalogue(), isKelurahan, rwPlace(), Commitment{}, complaintDay)
		var invalid *InvalidError
		if !errors.As(err, &invalid) || fmt.Sprint(invalid.Fields[0].Pointer, " ", invalid.Fields[0].Code) != want {
			t.Errorf("Check = %v; want %s", err, want)
		}
	}
}

func TestEachMoveIsAllowedFromSomeStatesOnly(t *testing.T) {
	t.Parallel()
	officer, now := Staff{Role: StaffComplaints}, complaintDay.Add(time.Hour)
	moves := map[ComplaintMove]func(Complaint) (Complaint, error){
		AssignComplaint: func(c Complaint) (Complaint, error) { return c.Assigned(officer, now) },
		AnswerComplaint: func(c Complaint) (Complaint, error) { return c.Answered(officer, "reply", Resolved, now) },
		CloseComplaint:  func(c Complaint) (Complaint, error) { return c.Closed(officer, Forwarded, now) },
		WriteComplaint:  func(c Complaint) (Complaint, error) { return c.Written("more", now) },
	}
	for _, state := range ComplaintStates {
		for m, try := range moves {
			before := filed(t, nil)
			before.State = state
			if state == ComplaintAnswered {
				before.AnsweredAt, before.Outcome = complaintDay, Explained
			}
			after, err := try(before)
			want, allowed := complaintMoves[state][m]
			var refused *StateError
			switch {
			case allowed && (err != nil || after.State != want || after.Version != before.Version+1):
				t.Errorf("%s while %s = %s, %v; want %s", m, state, after.State, err, want)
			case !allowed && (!errors.As(err, &refused) || refused.State != State(state) || !reflect.DeepEqual(after, before)):
				t.Errorf("%s while %s = %s, %v; want it refused", m, state, after.State, err)
			}
		}
	}
}

func TestStaffWhoMayNotSeeItMayDoNothingToIt(t *testing.T) {
	t.Parallel()
	c := filed(t, func(d *ComplaintDraft) { d.About.Recipient = rwNamed })
	lurah := Staff{Role: StaffKelurahan, Areas: []area.Code{kelurahan}}
	_, assigned := c.Assigned(lurah, complaintDay)
	_, answered := c.Answered(lurah, "reply", Resolved, complaintDay)
	_, closed := c.Closed(lurah, Unfounded, complaintDay)
	for what, err := range map[string]error{"assign": assigned, "answer": answered, "close": closed} {
		if !errors.Is(err, ErrDenied) {
			t.Errorf("%s = %v; want denied", what, err)
		}
	}
}

func TestWritingAfterAnAnswerAsksForAnother(t *testing.T) {
	t.Parallel()
	officer := Staff{Role: StaffComplaints}
	c, err := filed(t, nil).Answered(officer, "reply", Explained, complaintDay.AddDate(0, 0, 2))
	if err != nil {
		t.Fatal(err)
	}
	later := complaintDay.AddDate(0, 0, 5)
	c, err = c.Written("more", later)
	if err != nil || c.State != ComplaintAssigned || c.Outcome != "" || !c.AnsweredAt.IsZero() || !c.DueBy.Equal(later.AddDate(0, 0, 7)) {
		t.Fatalf("Written = %+v, %v", c, err)
	}
	again, err := c.Written("more", later.Add(time.Minute))
	if err != nil || !reflect.DeepEqual(again, c) {
		t.Errorf("the same message again = %+v, %v", again, err)
	}
	if _, err := c.Answered(officer, "more", Resolved, later); !errors.Is(err, ErrExists) {
		t.Errorf("an answer under a message's id = %v; want it taken", err)
	}
	if got := c.Messages; len(got) != 3 || got[1].From != Officer || got[2].From != Reporter {
		t.Errorf("messages %+v", got)
	}
}

func TestMessagesAreBounded(t *testing.T) {
	t.Parallel()
	c := filed(t, nil)
	var err error
	n := 0
	for ; err == nil && n < 10*MaxMessages; n++ {
		c, err = c.Written(MessageID(fmt.Sprint(n)), complaintDay)
	}
	var refused *StateError
	if !errors.As(err, &refused) || len(c.Messages) != MaxReports {
		t.Errorf("after %d messages: %v", len(c.Messages), err)
	}
	for err = nil; err == nil && n < 10*MaxMessages; n++ {
		c, err = c.Answered(Staff{Role: StaffAdmin}, MessageID(fmt.Sprint(n)), Explained, complaintDay)
	}
	if !errors.As(err, &refused) || len(c.Messages) != MaxMessages {
		t.Errorf("after %d messages with answers: %v", len(c.Messages), err)
	}
}

// One run long after says what runs on time said.
func TestTimeEndsAComplaintTheSameHoweverLateItIsLooked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		officer := Staff{Role: StaffComplaints}
		c := filedAt(t, complaintDay)
		now := complaintDay
		run := func(c Complaint, now time.Time) Complaint {
			for {
				after, _, _, ok := c.Elapsed(now)
				if !ok {
					return c
				}
				if after.Version != c.Version+1 || len(after.Log) != len(c.Log)+1 {
					t.Fatalf("a move from version %d to %d", c.Version, after.Version)
				}
				c = after
			}
		}
		for range rapid.IntRange(0, 6).Draw(t, "moves") {
			step := time.Duration(rapid.IntRange(1, 400).Draw(t, "hours")) * time.Hour
			late := run(c, now.Add(step))
			for onTime := now; !onTime.After(now.Add(step)); onTime = onTime.Add(time.Hour) {
				c = run(c, onTime)
			}
			if !reflect.DeepEqual(late, c) {
				t.Fatalf("late %+v\non time %+v", late, c)
			}
			now = now.Add(step)
			if c.DueAt.IsZero() != (c.due().IsZero()) || !c.DueAt.IsZero() && !c.DueAt.After(now) {
				t.Fatalf("due %v at %v", c.DueAt, now)
			}
			var err error
			id := MessageID(fmt.Sprint(len(c.Messages)))
			before := c
			switch rapid.SampledFrom([]ComplaintMove{AssignComplaint, AnswerComplaint, CloseComplaint, WriteComplaint}).Draw(t, "move") {
			case AssignComplaint:
				c, err = c.Assigned(officer, now)
			case AnswerComplaint:
				c, err = c.Answered(officer, id, Explained, now)
			case CloseComplaint:
				c, err = c.Closed(officer, Duplicated, now)
			case WriteComplaint:
				c, err = c.Written(id, now)
			}
			var refused *StateError
			if err != nil && !errors.As(err, &refused) {
				t.Fatal(err)
			}
			if err != nil && !reflect.DeepEqual(before, c) {
				t.Fatal("a refused move changed something")
			}
		}
		// Whatever happened, a closed complaint is forgotten in the end.
		c, err := run(c, now), error(nil)
		if c.State != ComplaintClosed {
			c, err = c.Closed(officer, Unfounded, now)
		}
		if c = run(c, now.AddDate(1, 0, 0)); err != nil || c.ForgottenAt.IsZero() || !c.DueAt.IsZero() {
			t.Fatalf("a year later %+v, %v", c, err)
		}
	})
}

func filedAt(t *rapid.T, at time.Time) Complaint {
	c, _, err := complaintDraft().Check(complaintCatalogue(), isKelurahan, Place{}, Commitment{}, at)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAgeStopsWithTheAnswer(t *testing.T) {
	t.Parallel()
	c := filed(t, nil)
	now := complaintDay.AddDate(0, 0, 9)
	if got := c.Age(now); got != 9*24*time.Hour {
		t.Errorf("open: %v", got)
	}
	c.AnsweredAt = complaintDay.AddDate(0, 0, 2)
	if got := c.Age(now); got != 48*time.Hour {
		t.Errorf("answered after two days: %v", got)
	}
	if got := c.Age(complaintDay.Add(-time.Hour)); got != 0 {
		t.Errorf("by a clock that is slow: %v", got)
	}
}

func TestASecretOpensItsComplaintAndNoOther(t *testing.T) {
	t.Parallel()
	key := []byte("key")
	secret, err := ComplaintSecret(key, someComplaint, 1)
	if err != nil || !strings.HasPrefix(secret, "a.") {
		t.Fatalf("ComplaintSecret = %q, %v", secret, err)
	}
	if got, err := SecretComplaint(secret); err != nil || got != someComplaint {
		t.Errorf("SecretComplaint = %v, %v", got, err)
	}
	other, _ := ComplaintSecret(key, someComplaint, 2)
	foreign, _ := Secret(key, CommitmentID(someComplaint), 1)
	if other == secret || strings.HasSuffix(secret, foreign) {
		t.Error("two versions or two kinds have one secret")
	}
	for _, bad := range []string{"", "a.", secret[2:], "s." + secret[2:], secret + "A", secret[:len(secret)-1], foreign, "a." + foreign + "=="} {
		if got, err := SecretComplaint(bad); !errors.Is(err, ErrNotFound) && bad != "a."+foreign {
			t.Errorf("SecretComplaint(%q) = %v, %v", bad, got, err)
		}
	}
	if _, err := ComplaintSecret(key, "x", 1); err == nil {
		t.Error("an id that is none has a secret")
	}
	if got := someComplaint.Ticket(); got != "A-0000-001A" {
		t.Errorf("Ticket = %s", got)
	}
}

func TestParagraphsKeepTheirLines(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"satu":                        "satu",
		"\n\n satu  dua \r\n tiga \n": "satu dua\ntiga",
		"satu\n\n\n\ndua":             "satu\n\ndua",
		" \n\t\n ":                    "",
	} {
		got, err := CleanParagraphs(in, 100)
		if err != nil || got != want {
			t.Errorf("CleanParagraphs(%q) = %q, %v; want %q", in, got, err, want)
		}
		if again, err := CleanParagraphs(got, 100); err != nil || again != got {
			t.Errorf("cleaning %q twice gives %q, %v", got, again, err)
		}
	}
	for _, in := range []string{"a\x00b", "a\u2028b", "a\xff", "a\rb", strings.Repeat("ab\n", 40)} {
		if got, err := CleanParagraphs(in, 100); err == nil {
			t.Errorf("CleanParagraphs(%q) = %q", in, got)
		}
	}
}

func TestAnIdeaIsRefusedForAllThatIsWrong(t *testing.T) {
	t.Parallel()
	good := IdeaDraft{ID: "i", Topic: "data", Text: "Tampilkan jadwal\ntruk juga."}
	idea, words, err := good.Check(complaintDay)
	if err != nil || idea.State != IdeaReceived || words.Text != good.Text {
		t.Fatalf("Check = %+v, %+v, %v", idea, words, err)
	}
	bad := IdeaDraft{ID: "i", Topic: "x", Text: "y", Name: "\u202e", Email: "z"}
	_, _, err = bad.Check(complaintDay)
	var invalid *InvalidError
	if !errors.As(err, &invalid) || len(invalid.Fields) != 4 {
		t.Errorf("Check = %v; want four fields", err)
	}
}

// What was promised when a complaint arrived holds, whatever the region promises
// others later.
func TestARegionSaysHowLongAnAnswerTakesAndWhoLooksFirst(t *testing.T) {
	rules := &Catalogue{Complaints: ComplaintRules{Days: 3, QuietDays: 4, Desks: map[ComplaintClass]HigherDesk{Levy: KotaDesk, PriceClass: RegionDesk}}}
	somewhere := func(area.Code) bool { return true }
	file := func(class ComplaintClass) Complaint {
		t.Helper()
		c, _, err := ComplaintDraft{ID: "c", Class: class, Area: "31.74.01.1001", Text: "Ada yang tidak beres."}.Check(rules, somewhere, Place{}, Commitment{}, noon)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for class, want := range map[ComplaintClass]Desk{
		NotReceived: {StaffKelurahan, "31.74.01.1001"}, Levy: {StaffComplaints, "31.74"}, PriceClass: {Role: StaffComplaints},
	} {
		c := file(class)
		if c.Desk() != want {
			t.Errorf("%s is with %+v; want %+v", class, c.Desk(), want)
		}
		lurah := Staff{ID: "l", Role: StaffKelurahan, Areas: []area.Code{"31.74.01.1001"}}
		if lurah.Sees(c) != (want.Role == StaffKelurahan) {
			t.Errorf("%s: its kelurahan sees it: %v", class, lurah.Sees(c))
		}
	}
	c := file(NotReceived)
	if due := noon.AddDate(0, 0, 3); !c.DueBy.Equal(due) || !c.Promised().Equal(due) || !c.DueAt.Equal(due) {
		t.Errorf("due by %v, promised until %v", c.DueBy, c.Promised())
	}
	anybody := Staff{Role: StaffComplaints}
	answered, err := c.Answered(anybody, "m", Explained, noon)
	if err != nil || !answered.DueAt.Equal(noon.AddDate(0, 0, 4)) {
		t.Errorf("closed at %v, %v", answered.DueAt, err)
	}
	written, err := answered.Written("n", noon.AddDate(0, 0, 1))
	if err != nil || !written.DueBy.Equal(noon.AddDate(0, 0, 4)) {
		t.Errorf("another answer until %v, %v", written.DueBy, err)
	}
	plain, _, err := ComplaintDraft{ID: "c", Class: Levy, Area: "31.74.01.1001", Text: "Ada yang tidak beres."}.Check(&Catalogue{}, somewhere, Place{}, Commitment{}, noon)
	if err != nil || !plain.DueBy.Equal(noon.AddDate(0, 0, ComplaintDays)) || plain.Desk().Role != StaffKelurahan {
		t.Errorf("where a region says nothing: %v, %+v, %v", plain.DueBy, plain.Desk(), err)
	}
}
