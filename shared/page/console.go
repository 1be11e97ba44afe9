package page

// consoleView is the page in which the console of staff runs. It says the same to
// everybody; a script shows the rest to those who sign in.
type consoleView struct {
	frame
	Zone   int    // minutes east of UTC
	Things string // as in privateView
}

// console adds the page of staff. Nobody finds it by searching.
func (r *Renderer) console(add func(path, template string, view any) error) error {
	things, err := r.things()
	if err != nil {
		return err
	}
	return add("petugas/index.html", "console", consoleView{
		frame: r.frame("/petugas/", r.lang.Say("Konsol petugas"), r.lang.Say("Antrean kerja petugas dan mitra penyalur."), "petugas.js").hidden(),
		Zone:  r.zoneMinutes(), Things: things,
	})
}
