// Package job reads the job file (collabnet.dev/engine-job/v1): what one party has to compute, with whom, from which file.
package job

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"collabnet.dev/engine-sets/internal/fault"
)

// shape is one JSON object, read strictly: every field is known, present and of the right type, or the error names it.
// The first error stays; what is read after it has the zero value.
type shape struct {
	field string
	value map[string]any
	err   *error
}

func (s shape) fail(err error) {
	if *s.err == nil {
		*s.err = err
	}
}

func newShape(value any, field string, err *error, required []string, optional ...string) shape {
	s := shape{field: field, err: err}
	name := field
	if name == "" {
		name = "job"
	}
	object, ok := value.(map[string]any)
	if !ok {
		s.fail(wrongType(name, "an object", value))
		return s
	}
	s.value = object
	known := slices.Sorted(slices.Values(append(slices.Clone(required), optional...)))
	for _, key := range slices.Sorted(mapKeys(object)) {
		if !slices.Contains(known, key) {
			s.fail(fault.BadJob(s.at(key), "unknown field; known are %s", strings.Join(known, ", ")))
		}
	}
	for _, key := range required {
		if _, there := object[key]; !there {
			s.fail(fault.BadJob(s.at(key), "is missing"))
		}
	}
	return s
}

func mapKeys(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

func (s shape) at(key string) string {
	if s.field == "" {
		return key
	}
	return s.field + "." + key
}

func (s shape) has(key string) bool {
	_, there := s.value[key]
	return there
}

func (s shape) text(key string, longest int) string {
	return s.textOf(s.value[key], s.at(key), longest)
}

func (s shape) textOf(value any, field string, longest int) string {
	text, ok := value.(string)
	if !ok {
		s.fail(wrongType(field, "a string", value))
		return ""
	}
	control := strings.ContainsFunc(text, func(r rune) bool { return r < 32 || r == 127 })
	if text == "" || utf8.RuneCountInString(text) > longest || control {
		s.fail(fault.BadJob(field, "must have 1 to %d characters and no control character", longest))
	}
	return text
}

func (s shape) word(key string, allowed ...string) string {
	value := s.text(key, 256)
	if !slices.Contains(allowed, value) {
		s.fail(fault.BadJob(s.at(key), "%q is not one of %s", value, strings.Join(allowed, ", ")))
	}
	return value
}

func (s shape) number(key string, lowest, highest int64) int64 {
	literal, ok := s.value[key].(json.Number)
	value, err := literal.Int64()
	if !ok || err != nil {
		s.fail(wrongType(s.at(key), "an integer", s.value[key]))
		return 0
	}
	if value < lowest || value > highest {
		s.fail(fault.BadJob(s.at(key), "must lie between %d and %d", lowest, highest))
	}
	return value
}

func (s shape) items(key string, fewest, most int) []any {
	list, ok := s.value[key].([]any)
	if !ok {
		s.fail(wrongType(s.at(key), "a list", s.value[key]))
		return nil
	}
	if len(list) < fewest || len(list) > most {
		count := fmt.Sprintf("%d to %d", fewest, most)
		if fewest == most {
			count = fmt.Sprint(fewest)
		}
		s.fail(fault.BadJob(s.at(key), "must have %s elements, not %d", count, len(list)))
		return nil
	}
	return list
}

// names is a list of distinct, non-empty strings.
func (s shape) names(key string, fewest, most int) []string {
	var found []string
	for i, value := range s.items(key, fewest, most) {
		field := fmt.Sprintf("%s[%d]", s.at(key), i)
		name := s.textOf(value, field, 128)
		if slices.Contains(found, name) {
			s.fail(fault.BadJob(field, "%q is named twice", name))
		}
		found = append(found, name)
	}
	return found
}

func wrongType(field, wanted string, value any) error {
	got := map[bool]string{true: "null", false: "something else"}[value == nil]
	switch value.(type) {
	case string:
		got = "a string"
	case json.Number:
		got = "a number"
	case bool:
		got = "true or false"
	case []any:
		got = "a list"
	case map[string]any:
		got = "an object"
	}
	return fault.BadJob(field, "must be %s, not %s", wanted, got)
}

func parse(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fault.BadJob("job.json", "is not JSON")
	}
	if decoder.More() {
		return nil, fault.BadJob("job.json", "is not JSON: something follows the object")
	}
	return value, nil
}
