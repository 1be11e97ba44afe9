package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/report"
	"ksbb/shared/table"
)

// reportStore is the part of the tables that records what changes no fact.
type reportStore interface {
	Record(context.Context, table.Act) error
}

func (s *server) registerReports(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "makeReport", Method: http.MethodPost, Path: "/v1/staff/reports/{period}",
		Summary:     "Have the report of a period made now",
		Description: "It is published some minutes later. Sending the same again changes nothing.",
	}, s.makeReport)
}

type makeReportInput struct {
	Period string `path:"period" maxLength:"20" doc:"2026-03-31, 2026-W14 or 2026-03"`
	Body   struct {
		ID     string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
		Reason string `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
	}
}

type makeReportAnswer struct {
	Body struct {
		Period string `json:"period"`
		Queued bool   `json:"queued"`
	}
}

// makeReport asks for the report of a period that is over: an empty object in
// the evidence bucket wakes the function that writes reports.
func (s *server) makeReport(ctx context.Context, in *makeReportInput) (*makeReportAnswer, error) {
	who, err := s.may(ctx, aid.MakeReports, aid.Matter{})
	if err != nil {
		return nil, err
	}
	period, err := report.ParsePeriod(in.Period)
	if err != nil || s.instant().Before(period.Ends(s.pack.Zone)) {
		return nil, invalid("/period", "unknown", "want a day, week or month that is over")
	}
	if err := checkRequest(in.Body.ID); err != nil {
		return nil, err
	}
	object := "report/" + in.Period
	if _, err := s.repeated(ctx, who, in.Body.ID, "make", object); err != nil {
		return nil, err
	}
	if err := s.store.Record(ctx, s.act(who, in.Body.ID, aid.MakeReports, "make", object, "", in.Body.Reason)); err != nil {
		return nil, err
	}
	// After the record: whoever lost the answer asks again, and the wish is there once.
	err = s.evidence.Put(ctx, "reports/"+in.Period+"/"+in.Body.ID, "text/plain", nil)
	if err != nil && !errors.Is(err, aid.ErrExists) {
		return nil, err
	}
	a := &makeReportAnswer{}
	a.Body.Period, a.Body.Queued = in.Period, true
	return a, nil
}
