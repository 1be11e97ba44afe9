package page

import (
	"ksbb/shared/aid"
	"ksbb/shared/tally"
)

// statusView says how fresh the public files are and what is checked when. A
// script says how old that is by now.
type statusView struct {
	frame
	Generation int64
	AsOf       string
	Instant    string // of AsOf, for scripts
	Recipients int64
	Log        string // the newest day of the public log, empty for none
}

// Status renders how the site is doing. root is the region as it was last
// published, generation the number of that publication, and log the newest day
// of the public log, or nothing.
func (r *Renderer) Status(root tally.Area, generation int64, log string) ([]byte, error) {
	v := statusView{
		frame:      r.frame("/status/", r.lang.Say("Status situs"), r.lang.Say("Kapan data terakhir diterbitkan, apa yang diperiksa kapan, dan apakah formulir dapat menerima kiriman."), "status.js"),
		Generation: generation, AsOf: r.moment(root.AsOf), Recipients: root.Totals.Recipients,
	}
	if !root.AsOf.IsZero() {
		v.Instant = root.AsOf.UTC().Format("2006-01-02T15:04:05Z07:00")
	}
	if log != "" {
		v.Log = r.lang.Date(aid.Day(log))
	}
	return r.render("status", v)
}
