package page

import (
	"encoding/json"
	"fmt"
)

// consoleView is the page in which the console of staff runs. It says the same to
// everybody; a script shows the rest to those who sign in.
type consoleView struct {
	frame
	Zone   int    // minutes east of UTC
	Things string // as in privateView
	Region string // as in atlasView
}

// console adds the page of staff. Nobody finds it by searching.
func (r *Renderer) console(add func(path, template string, view any) error) error {
	things, err := r.things()
	if err != nil {
		return err
	}
	region, err := json.Marshal(r.atlasRegion())
	if err != nil {
		return fmt.Errorf("encode what the console knows of the region: %w", err)
	}
	return add("petugas/index.html", "console", consoleView{
		frame: r.frame("/petugas/", r.lang.Say("Konsol petugas"), r.lang.Say("Antrean kerja petugas dan mitra penyalur."), "petugas.js").hidden(),
		Zone:  r.zoneMinutes(), Things: things, Region: string(region),
	})
}
