package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/shared/region"
	"ksbb/shared/release"
	"ksbb/shared/report"
	"ksbb/shared/report/print"
	"ksbb/shared/report/workbook"
)

// server reports on one region.
type server struct{ runner runner }

type runner interface {
	Run(ctx context.Context, now time.Time) (release.Result, error)
	Make(ctx context.Context, period report.Period, now time.Time) (release.Result, error)
}

// reportEvent is what the schedule sends: the instant for which it fires, so
// that a run can be late, repeated or simulated. Whoever asks for one report
// names its period: "2026-03-31", "2026-W14" or "2026-03". An office asks by an
// empty object, "reports/<period>/<request>", whose arrival is told in Records.
type reportEvent struct {
	Time    time.Time              `json:"time"`
	Period  string                 `json:"period"`
	Records []events.S3EventRecord `json:"Records"`
}

// wishes is the folder of the objects by which an office asks for a report.
const wishes = "reports/"

// handle writes what is due, or the reports that were asked for.
func (s *server) handle(ctx context.Context, ev reportEvent) (release.Result, error) {
	if len(ev.Records) == 0 {
		return s.report(ctx, ev)
	}
	var last release.Result
	var failed []error
	for _, r := range ev.Records {
		period, _, ok := strings.Cut(strings.TrimPrefix(r.S3.Object.URLDecodedKey, wishes), "/")
		if !ok || !strings.HasPrefix(r.S3.Object.URLDecodedKey, wishes) {
			failed = append(failed, fmt.Errorf("report: object %q names no period", r.S3.Object.URLDecodedKey))
			continue
		}
		done, err := s.report(ctx, reportEvent{Time: r.EventTime, Period: period})
		last, failed = done, append(failed, err)
	}
	return last, errors.Join(failed...)
}

func (s *server) report(ctx context.Context, ev reportEvent) (release.Result, error) {
	if ev.Time.IsZero() {
		return release.Result{}, fmt.Errorf("report: the event names no time")
	}
	var done release.Result
	var err error
	if ev.Period == "" {
		done, err = s.runner.Run(ctx, ev.Time)
	} else {
		period, wrong := report.ParsePeriod(ev.Period)
		if wrong != nil {
			return release.Result{}, fmt.Errorf("report: %w", wrong)
		}
		done, err = s.runner.Make(ctx, period, ev.Time)
	}
	// What was done is done, even if something else failed.
	slog.InfoContext(ctx, "reported", "made", len(done.Made), "revised", len(done.Revised), "released", len(done.Released),
		"days", done.Days, "records", done.Records, "written", done.Written)
	if err != nil {
		return done, fmt.Errorf("report: %w", err)
	}
	return done, nil
}

// printer makes PDF and workbooks.
type printer struct {
	pack *region.Pack
	site string
}

func (p printer) PDF(r report.Report, source report.Source) ([]byte, error) {
	return print.Report(r, source, p.pack, p.site)
}

func (p printer) Workbook(w io.Writer, r report.Report, open release.OpenTable) error {
	return workbook.Report(w, r, p.pack, open)
}

func (p printer) Tables(w io.Writer, title string, asOf time.Time, tables []report.Table, open release.OpenTable) error {
	return workbook.Tables(w, title, asOf, tables, open)
}
