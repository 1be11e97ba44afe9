package cron

import (
	"testing"
	"time"
)

func TestSchedulesFallDueWhenAWSSaysSo(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct{ expression, zone, after, want string }{
		{"rate(15 minutes)", "UTC", "2026-03-01T10:07:00Z", "2026-03-01T10:15:00Z"},
		{"rate(15 minutes)", "UTC", "2026-03-01T10:15:00Z", "2026-03-01T10:30:00Z"},
		{"rate(1 hour)", "UTC", "2026-03-01T23:59:59Z", "2026-03-02T00:00:00Z"},
		{"cron(0 6 * * ? *)", "Asia/Jakarta", "2026-03-01T10:00:00Z", "2026-03-01T23:00:00Z"},
		{"cron(30 7 ? * 2 *)", "UTC", "2026-03-01T10:00:00Z", "2026-03-02T07:30:00Z"}, // 2 is Monday
		{"cron(30 7 ? * MON-FRI *)", "UTC", "2026-03-06T10:00:00Z", "2026-03-09T07:30:00Z"},
		{"cron(0 0 L * ? *)", "UTC", "2026-02-03T00:00:00Z", "2026-02-28T00:00:00Z"},
		{"cron(0/10 8 1 * ? *)", "UTC", "2026-03-01T08:11:00Z", "2026-03-01T08:20:00Z"},
	} {
		e, err := Parse(c.expression, c.zone)
		if err != nil {
			t.Errorf("Parse(%s): %v", c.expression, err)
			continue
		}
		if got := e.Next(at(c.after)); !got.Equal(at(c.want)) {
			t.Errorf("%s %s after %s: got %s, want %s", c.expression, c.zone, c.after, got, c.want)
		}
	}
}

func TestUnknownScheduleFormsAreRefused(t *testing.T) {
	t.Parallel()
	for _, e := range []string{"", "at(2026-01-01T00:00:00)", "rate(0 minutes)", "rate(5 seconds)", "cron(* * * * *)"} {
		if _, err := Parse(e, "UTC"); err == nil {
			t.Errorf("Parse(%q): no error", e)
		}
	}
	if _, err := Parse("cron(0 0 * * ? *)", "Asia/Nowhere"); err == nil {
		t.Error("an unknown zone was accepted")
	}
}
