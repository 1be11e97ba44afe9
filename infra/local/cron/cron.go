// Package cron says when a schedule of EventBridge Scheduler is due. It reads
// no clock.
package cron

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/cronexpr"
)

// An Expression is a schedule.
type Expression struct {
	rate time.Duration
	cron *cronexpr.Expression
	zone *time.Location
}

var (
	rateForm = regexp.MustCompile(`^rate\((\d+) (minute|hour|day)s?\)$`)
	cronForm = regexp.MustCompile(`^cron\(([^()]+)\)$`)
	weekday  = regexp.MustCompile(`(^|[,-])([1-7])`)
)

// Parse reads rate(…) and cron(…). The zone matters to cron alone.
func Parse(expression, zone string) (Expression, error) {
	if m := rateForm.FindStringSubmatch(expression); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil || n < 1 {
			return Expression{}, fmt.Errorf("%s: the rate wants a number from 1", expression)
		}
		unit := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[m[2]]
		return Expression{rate: time.Duration(n) * unit}, nil
	}
	m := cronForm.FindStringSubmatch(expression)
	if m == nil {
		return Expression{}, fmt.Errorf("%s: not supported here", expression)
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		return Expression{}, fmt.Errorf("read time zone: %w", err)
	}
	fields := strings.Fields(m[1])
	if len(fields) != 6 {
		return Expression{}, fmt.Errorf("%s: cron wants six fields", expression)
	}
	// AWS counts Sunday as 1, everybody else as 0.
	fields[4] = weekday.ReplaceAllStringFunc(fields[4], func(s string) string {
		n := s[len(s)-1] - 1
		return s[:len(s)-1] + string(n)
	})
	c, err := cronexpr.Parse("0 " + strings.Join(fields, " "))
	if err != nil {
		return Expression{}, fmt.Errorf("%s: %w", expression, err)
	}
	return Expression{cron: c, zone: location}, nil
}

// Next is the first due time after t, zero if there is none. A rate counts
// from a fixed instant, so that it falls on the same times whenever this machine
// was started.
func (e Expression) Next(t time.Time) time.Time {
	if e.cron == nil {
		return t.Truncate(e.rate).Add(e.rate).UTC()
	}
	next := e.cron.Next(t.In(e.zone))
	if next.IsZero() {
		return next
	}
	return next.UTC()
}
