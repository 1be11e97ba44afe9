package template

import (
	"encoding/json"
)

// A Table is one DynamoDB table.
type Table struct {
	ID, Name string
	// Create is the body of the CreateTable call that makes it: the
	// template and the API spell these members alike.
	Create json.RawMessage
	// Expires names the attribute that holds the second an item may be
	// deleted at; empty for none.
	Expires string
	Stream  bool
}

func (in *reader) table(id string, p *object) Table {
	t := Table{ID: id, Name: p.text("TableName", in.resolve.attributes[id]["Ref"])}
	create := map[string]any{"TableName": t.Name, "BillingMode": "PAY_PER_REQUEST"}
	for _, name := range []string{"AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes"} {
		if v := p.get(name); v != nil {
			create[name] = v
		}
	}
	var indexes []any
	for _, v := range p.list("GlobalSecondaryIndexes") {
		index := in.object(p.path+".GlobalSecondaryIndexes", "index", v)
		out := map[string]any{}
		for _, name := range []string{"IndexName", "KeySchema", "Projection"} {
			out[name] = index.get(name)
		}
		index.end()
		indexes = append(indexes, out)
	}
	if indexes != nil {
		create["GlobalSecondaryIndexes"] = indexes
	}
	if p.has("StreamSpecification") {
		s := p.inner("StreamSpecification")
		t.Stream = true
		create["StreamSpecification"] = map[string]any{"StreamEnabled": true, "StreamViewType": s.text("StreamViewType", "")}
		s.end()
	}
	ttl := p.inner("TimeToLiveSpecification")
	if ttl.flag("Enabled", false) {
		t.Expires = ttl.text("AttributeName", "")
	}
	ttl.read["AttributeName"] = true
	ttl.end()
	p.end()
	body, err := json.Marshal(create)
	if err != nil {
		in.fail(p.path, err.Error())
	}
	t.Create = body
	return t
}

// A Bucket is one S3 bucket.
type Bucket struct {
	ID, Name  string
	Versioned bool
	Locked    bool  // made with Object Lock
	Keep      *Keep // default retention of new objects, nil for none
	CORS      []CORSRule
}

// Keep is a default retention: GOVERNANCE or COMPLIANCE, for days.
type Keep struct {
	Mode string
	Days int
}

// A CORSRule lets pages of other origins use a bucket.
type CORSRule struct {
	Origins, Methods, Headers, Expose []string
	MaxAge                            int
}

func (in *reader) bucket(id string, p *object) Bucket {
	b := Bucket{ID: id, Name: p.text("BucketName", in.resolve.attributes[id]["Ref"])}
	v := p.inner("VersioningConfiguration")
	b.Versioned = v.oneOf("Status", "", "Enabled", "Suspended") == "Enabled"
	v.end()
	b.Locked = p.flag("ObjectLockEnabled", false)
	if p.has("ObjectLockConfiguration") {
		lock := p.inner("ObjectLockConfiguration")
		lock.oneOf("ObjectLockEnabled", "Enabled")
		rule := lock.inner("Rule")
		if rule.has("DefaultRetention") {
			keep := rule.inner("DefaultRetention")
			b.Keep = &Keep{
				Mode: keep.oneOf("Mode", "", "GOVERNANCE", "COMPLIANCE"),
				Days: keep.number("Days", 0) + 365*keep.number("Years", 0),
			}
			keep.end()
		}
		rule.end()
		lock.end()
	}
	cors := p.inner("CorsConfiguration")
	for _, r := range cors.inners("CorsRules") {
		b.CORS = append(b.CORS, CORSRule{
			Origins: r.texts("AllowedOrigins"), Methods: r.texts("AllowedMethods"),
			Headers: r.texts("AllowedHeaders"), Expose: r.texts("ExposedHeaders"),
			MaxAge: r.number("MaxAge", 0),
		})
		r.read["Id"] = true
		r.end()
	}
	cors.end()
	p.end()
	return b
}
