package page

// posterView is a sheet to print for one place. Which one stands in the address
// after the "#", so that one page serves all; a script fills it in.
type posterView struct {
	frame
	Address string // of the site, as people type it
}

func (r *Renderer) posterPage() posterView {
	return posterView{
		frame: r.frame("/poster/", r.lang.Say("Poster"),
			r.lang.Say("Selembar kertas dengan kode QR untuk ditempel di satu lokasi."), "poster.js").hidden(),
		Address: r.address(),
	}
}

// handouts renders the pages by which the site is carried elsewhere.
func (r *Renderer) handouts() (map[string][]byte, error) {
	pages := map[string][]byte{}
	var err error
	if pages["sematkan/index.html"], err = r.render("embed-help", r.embedPage()); err != nil {
		return nil, err
	}
	if pages["poster/index.html"], err = r.render("poster", r.posterPage()); err != nil {
		return nil, err
	}
	return pages, nil
}
