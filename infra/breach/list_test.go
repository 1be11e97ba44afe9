package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

// world is a ledger in which the first collaborator saw the steward on the first
// day, the steward saw the first and the second on the second, and an officer
// the first on the third. The third collaborator was never looked at, the second
// is forgotten, the fourth took their promise back.
func world(t *testing.T) *table.Memory {
	t.Helper()
	s := table.NewMemory()
	ctx, now, rules := t.Context(), tabletest.Noon, tabletest.Catalogue()
	fails := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	fails(s.Load(ctx, tabletest.Listings(), rules, now))
	var all []aid.Commitment
	for n := range 4 {
		in := tabletest.Submission(n+1, tabletest.Units("sembako", 1))
		if n == 2 {
			in.Credential.Contact.Name = "=cmd()"
		}
		before, _, err := s.Submit(ctx, in)
		fails(err)
		after, err := before.Verified(now, rules)
		fails(err)
		fails(tabletest.Pledge(ctx, s, before, after, now))
		all = append(all, after)
	}
	fails(s.Reveal(ctx, table.RevealRequest{Commitment: all[0].ID, Recipient: tabletest.RW, Collaborator: "a", Network: "n", Day: tabletest.Today, At: now, Limits: tabletest.Limits()}))
	look := func(days int, by aid.Role, c aid.Commitment) {
		l := table.Look{At: now.AddDate(0, 0, days), By: by, Commitment: c.ID, Recipient: tabletest.RW}
		fails(s.RecordLook(ctx, l, tabletest.Today.Plus(days)))
	}
	look(1, aid.Steward, all[0])
	look(1, aid.Steward, all[1])
	look(2, aid.Officer, all[0])
	for _, i := range []int{1, 3} {
		end, err := all[i].WithdrawnFor("other", aid.Collaborator, now, rules)
		fails(err)
		fails(tabletest.Withdraw(ctx, s, all[i], end, now))
		all[i] = end
	}
	gone, err := all[1].Forgotten(aid.Collaborator, now, rules)
	fails(err)
	fails(s.Move(ctx, table.Change{Move: aid.Forget, Before: all[1], After: gone, At: now}))
	return s
}

// listed answers arguments with the rows of the list, without its header.
func listed(t *testing.T, s store, args ...string) (rows []string) {
	t.Helper()
	q, err := parse(args)
	if err != nil {
		t.Fatal(err)
	}
	people, err := q.list(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := write(&out, people); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(&out).ReadAll()
	if err != nil || !slices.Equal(all[0], header) {
		t.Fatalf("the list begins with %v, %v", all, err)
	}
	for _, row := range all[1:] {
		rows = append(rows, strings.Join(row, "|"))
	}
	return rows
}

func number(n int) string { return tabletest.CommitmentID(n).Number() }

const steward = "|Ibu Contoh|rw003@contoh.example|+620000000003|"

func TestWindowListsWhoseContactsWereShown(t *testing.T) {
	t.Parallel()
	s, rw := world(t), string(tabletest.RW)
	first := "collaborator|" + rw + "|" + number(1) + "|Budi Contoh|budi1@contoh.example|+620000000100|shown|"
	second := "collaborator|" + rw + "|" + number(2) + "|(forgotten)|||shown|1|2026-03-03T05:00:00Z|2026-03-03T05:00:00Z|steward"
	for _, window := range []struct {
		from, to string
		want     []string
	}{
		{"2026-03-02", "2026-03-02", []string{"steward|" + rw + "|" + steward + "shown|1|2026-03-02T05:00:00Z|2026-03-02T05:00:00Z|collaborator"}},
		{"2026-03-03", "2026-03-04", []string{first + "2|2026-03-03T05:00:00Z|2026-03-04T05:00:00Z|officer steward", second}},
		{"2026-03-05", "2026-03-31", nil},
	} {
		if got := listed(t, s, "-from", window.from, "-to", window.to); !slices.Equal(got, window.want) {
			t.Errorf("from %s to %s:\n%s\nwant\n%s", window.from, window.to, strings.Join(got, "\n"), strings.Join(window.want, "\n"))
		}
	}
}

func TestCollaboratorsLinkLeadsToTwoPeople(t *testing.T) {
	t.Parallel()
	s, rw := world(t), string(tabletest.RW)
	mine := func(n int) string {
		return "collaborator|" + rw + "|" + number(n) + "|Budi Contoh|budi" + string(rune('0'+n)) + "@contoh.example|+620000000100|could have been shown|0|||"
	}
	unseen := "steward|" + rw + "|" + steward + "could have been shown|0|||"
	shown := "steward|" + rw + "|" + steward + "shown|1|2026-03-02T05:00:00Z|2026-03-02T05:00:00Z|collaborator"
	for name, test := range map[string]struct {
		args []string
		want []string
	}{
		"the steward was shown":            {[]string{"-commitment", string(tabletest.CommitmentID(1))}, []string{mine(1), shown}},
		"shown, but while it was in order": {[]string{"-commitment", string(tabletest.CommitmentID(1)), "-from", "2026-03-10", "-to", "2026-03-11"}, []string{mine(1), unseen}},
		"taken back: it shows no steward":  {[]string{"-commitment", string(tabletest.CommitmentID(4))}, []string{mine(4)}},
	} {
		if got := listed(t, s, test.args...); !slices.Equal(got, test.want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
	}
}

func TestStewardsLinkLeadsToEveryCollaborator(t *testing.T) {
	t.Parallel()
	rw := string(tabletest.RW)
	want := []string{
		"collaborator|" + rw + "|" + number(1) + "|Budi Contoh|budi1@contoh.example|+620000000100|shown|1|2026-03-03T05:00:00Z|2026-03-03T05:00:00Z|steward",
		"collaborator|" + rw + "|" + number(2) + "|(forgotten)|||shown|1|2026-03-03T05:00:00Z|2026-03-03T05:00:00Z|steward",
		"collaborator|" + rw + "|" + number(3) + "|'=cmd()|budi3@contoh.example|+620000000100|could have been shown|0|||",
	}
	if got := listed(t, world(t), "-recipient", rw); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWindowOfALinkIsRatherTooWide(t *testing.T) {
	t.Parallel()
	q := query{from: "2026-03-02", to: "2026-03-02"}
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for after, want := range map[time.Duration]bool{-27 * time.Hour: false, -25 * time.Hour: true, 0: true, 23 * time.Hour: true, 25 * time.Hour: false} {
		if got := q.covers(noon.Add(after)); got != want {
			t.Errorf("%v after noon is within the day: %v", after, got)
		}
	}
}

func TestUnknownLinkIsNotAnEmptyList(t *testing.T) {
	t.Parallel()
	for _, q := range []query{{commitment: tabletest.CommitmentID(99)}, {recipient: "31.74.01.1001.099"}} {
		if people, err := q.list(t.Context(), world(t)); !errors.Is(err, aid.ErrNotFound) {
			t.Errorf("%+v: %v, %v; want not found", q, people, err)
		}
	}
}

func TestArgumentsNameOneThing(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"", "-from 2026-03-01", "-to 2026-03-01", "-from 2026-03-02 -to 2026-03-01", "-from 2026-03-01 -to 2029-03-01", "-from x -to y",
		"-commitment a -recipient b", "-recipient b -from 2026-03-01", "-recipient b more",
	} {
		if q, err := parse(strings.Fields(args)); err == nil {
			t.Errorf("%q asks for %+v", args, q)
		}
	}
	if err := run(t.Context(), []string{"-recipient", "b"}, func(string) string { return "" }, nil); err == nil {
		t.Error("it runs without the names of the tables")
	}
}
