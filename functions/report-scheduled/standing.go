package main

import (
	"context"
	"time"

	"ksbb/shared/catalogue"
	"ksbb/shared/release"
	"ksbb/shared/report"
)

// standing reports in the words of the catalogue as it stands: the runner is
// another one whenever the office has amended it.
type standing struct {
	made *catalogue.Made[*release.Runner]
}

func (s standing) Run(ctx context.Context, now time.Time) (release.Result, error) {
	r, err := s.made.Get(ctx)
	if err != nil {
		return release.Result{}, err
	}
	return r.Run(ctx, now)
}

func (s standing) Make(ctx context.Context, period report.Period, now time.Time) (release.Result, error) {
	r, err := s.made.Get(ctx)
	if err != nil {
		return release.Result{}, err
	}
	return r.Make(ctx, period, now)
}
