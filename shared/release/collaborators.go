package release

import (
	"context"

	"ksbb/shared/report"
)

// Where the list of collaborators is.
const (
	CollaboratorsPath = "data/v1/collaborators.json"
	collaboratorsPage = "kolaborator/index.html"
)

// collaboratorsListed is how many names the page lists. The file has them all.
const collaboratorsListed = 200

// writeCollaborators brings the list of those who gave up to date: exact, from
// every commitment as it stood at the last midnight.
func (s *run) writeCollaborators(ctx context.Context, w *gathered) error {
	if w == nil || w.givers == nil {
		return nil
	}
	m, err := s.create()
	if err != nil {
		return err
	}
	defer m.close()
	if err := w.givers.Write(m, s.asOf); err != nil {
		return err
	}
	if _, err := s.refresh(ctx, m, CollaboratorsPath, jsonType, s.generation()); err != nil {
		return err
	}
	source := m.source("", CollaboratorsPath, jsonType)
	list := w.givers.List(s.asOf, collaboratorsListed)
	return s.writePages(ctx, collaboratorsPage, s.generation(), func(p Pages) ([]byte, error) { return p.Collaborators(list, source) })
}

// noCollaborators writes the page before there is a list, so that no link leads
// nowhere. It yields to any list.
func (s *run) noCollaborators(ctx context.Context) error {
	return s.writePages(ctx, collaboratorsPage, 0, func(p Pages) ([]byte, error) {
		return p.Collaborators(report.Collaborators{Region: s.Region.Root}, report.Source{})
	})
}
