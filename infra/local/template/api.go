package template

// API is the HTTP API that carries the functions' routes.
type API struct {
	ID          string
	Authorizers map[string]Authorizer
	Default     string // the authorizer of routes that name none; empty for none
	CORS        *CORS
}

// An Authorizer accepts access tokens of an issuer, made for an audience.
type Authorizer struct {
	Issuer   string
	Audience []string
	Scopes   []string
}

// CORS is what the API tells the pages of other origins.
type CORS struct {
	Origins, Methods, Headers, Expose []string
	Credentials                       bool
	MaxAge                            int
}

func (in *reader) api(id string, p *object) API {
	a := API{ID: id, Authorizers: map[string]Authorizer{}}
	p.oneOf("StageName", "$default")
	auth := p.inner("Auth")
	a.Default = auth.text("DefaultAuthorizer", "")
	all := auth.inner("Authorizers")
	for _, name := range all.names() {
		z := in.object(all.path+"."+name, "authorizer", all.members[name])
		z.oneOf("IdentitySource", "$request.header.Authorization")
		jwt := z.inner("JwtConfiguration")
		a.Authorizers[name] = Authorizer{
			Issuer: jwt.text("issuer", ""), Audience: jwt.texts("audience"), Scopes: z.texts("AuthorizationScopes"),
		}
		jwt.end()
		z.end()
	}
	auth.end()
	if a.Default != "" {
		if _, ok := a.Authorizers[a.Default]; !ok {
			in.fail(auth.path+".DefaultAuthorizer", a.Default+": no such authorizer")
		}
	}
	if p.has("CorsConfiguration") {
		c := p.inner("CorsConfiguration")
		a.CORS = &CORS{
			Origins: c.texts("AllowOrigins"), Methods: c.texts("AllowMethods"), Headers: c.texts("AllowHeaders"),
			Expose: c.texts("ExposeHeaders"), Credentials: c.flag("AllowCredentials", false), MaxAge: c.number("MaxAge", 0),
		}
		c.end()
	}
	p.end()
	return a
}
