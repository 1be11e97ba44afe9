package main

import (
	"context"
	"time"

	"ksbb/shared/catalogue"
	"ksbb/shared/publish"
)

// standing publishes what the catalogue says now: the publisher is another one
// whenever the office has amended it.
type standing struct {
	made *catalogue.Made[*publish.Publisher]
}

func (s standing) PublishInTurn(ctx context.Context, marks []publish.Mark, now time.Time, more func() bool) (publish.Report, error) {
	p, err := s.made.Get(ctx)
	if err != nil {
		return publish.Report{}, err
	}
	return p.PublishInTurn(ctx, marks, now, more)
}

func (s standing) Sweep(ctx context.Context, pick publish.Pick, now time.Time) (publish.Report, error) {
	p, err := s.made.Get(ctx)
	if err != nil {
		return publish.Report{}, err
	}
	return p.Sweep(ctx, pick, now)
}
