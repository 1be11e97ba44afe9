package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"ksbb/shared/release"
	"ksbb/shared/report"
)

// asked is a runner that remembers what it was asked for.
type asked struct {
	runs   []time.Time
	period report.Period
	err    error
}

func (a *asked) Run(_ context.Context, now time.Time) (release.Result, error) {
	a.runs = append(a.runs, now)
	return release.Result{Made: []string{"2026-05-19"}}, a.err
}

func (a *asked) Make(_ context.Context, period report.Period, now time.Time) (release.Result, error) {
	a.period = period
	if now.Before(period.Ends(time.UTC)) {
		return release.Result{}, release.ErrNotOver
	}
	return release.Result{Made: []string{period.ID}}, nil
}

var night = time.Date(2026, 5, 19, 17, 20, 0, 0, time.UTC)

func TestAScheduleRunsForTheInstantThatItNames(t *testing.T) {
	t.Parallel()
	a := &asked{}
	got, err := (&server{runner: a}).handle(t.Context(), reportEvent{Time: night})
	if err != nil || len(got.Made) != 1 || len(a.runs) != 1 || !a.runs[0].Equal(night) || a.period.ID != "" {
		t.Errorf("handle = %+v, %v after %+v", got, err, a)
	}
}

func TestOneReportIsMadeOnDemand(t *testing.T) {
	t.Parallel()
	a := &asked{}
	got, err := (&server{runner: a}).handle(t.Context(), reportEvent{Time: night, Period: "2026-04"})
	if err != nil || len(got.Made) != 1 || a.period.ID != "2026-04" || len(a.runs) != 0 {
		t.Errorf("handle = %+v, %v after %+v", got, err, a)
	}
}

// The office asks by an object whose name says all; nobody reads what is in it.
func TestAnOfficeAsksForAReportByAnObject(t *testing.T) {
	t.Parallel()
	var ev reportEvent
	arrived := `{"Records": [{"eventTime": "2026-05-19T17:20:00Z", "s3": {"object": {"key": "reports/2026-W14/0198c0de-0000-7000-8000-000000000001"}}}]}`
	if err := json.Unmarshal([]byte(arrived), &ev); err != nil {
		t.Fatal(err)
	}
	a := &asked{}
	got, err := (&server{runner: a}).handle(t.Context(), ev)
	if err != nil || len(got.Made) != 1 || a.period.ID != "2026-W14" || len(a.runs) != 0 {
		t.Errorf("handle = %+v, %v after %+v", got, err, a)
	}
	for _, key := range []string{"reports/2026-W14", "reports/never/1", "original/2026-W14/1"} {
		ev.Records[0].S3.Object.URLDecodedKey = key
		if _, err := (&server{runner: &asked{}}).handle(t.Context(), ev); err == nil {
			t.Errorf("%s: accepted", key)
		}
	}
}

func TestAnEventThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	for name, ev := range map[string]reportEvent{
		"no time": {}, "no period": {Time: night, Period: "2026-13"}, "not over": {Time: night, Period: "2026-05"},
	} {
		if _, err := (&server{runner: &asked{}}).handle(t.Context(), ev); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	_, err := (&server{runner: &asked{}}).handle(t.Context(), reportEvent{Time: night, Period: "2026-05"})
	if !errors.Is(err, release.ErrNotOver) {
		t.Errorf("a period that is not over = %v", err)
	}
}

// The scheduler tries again only what says that it failed.
func TestARunThatFailedSaysSo(t *testing.T) {
	t.Parallel()
	if _, err := (&server{runner: &asked{err: errors.New("store is gone")}}).handle(t.Context(), reportEvent{Time: night}); err == nil {
		t.Error("no error")
	}
}

// A run that is killed must not leave a full disk to the next.
func TestTemporaryFilesHaveNoName(t *testing.T) {
	t.Parallel()
	here := t.TempDir()
	f, err := folder(here).Create()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.WriteString(f, "satu"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(f); err != nil || string(got) != "satu" {
		t.Errorf("read %q, %v", got, err)
	}
	if left, err := os.ReadDir(here); err != nil || len(left) > 0 {
		t.Errorf("%d files stand in the folder, %v", len(left), err)
	}
}
