/** Licences by their SPDX ids: what a manifest declares, what a text is, what is allowed. */

/** Who may use these need not ask anybody. MPL, LGPL and their like are left out on purpose: a person should look. */
const ALLOWED = {
  permissive: ["MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "BlueOak-1.0.0", "Zlib", "Python-2.0"],
  "public domain": ["Unlicense", "CC0-1.0", "WTFPL"],
};

/** Sentences that stand in one licence's text and in no other's. */
const TELLING = [
  ["MIT", /permission is hereby granted, free of charge, to any person obtaining a copy/],
  ["ISC", /permission to use, copy, modify, and(?:\/or)? distribute this software for any purpose with or without fee is hereby granted, provided/],
  ["Apache-2.0", /apache license,? version 2\.0/],
  ["MPL-2.0", /mozilla public license,? (?:version|v\.) ?2\.0/],
  ["BSD-3-Clause", /redistributions of source code must retain(?=.*(?:neither the name|names? of (?:the|its) (?:author|contributor)))/],
  ["BSD-2-Clause", /redistributions of source code must retain(?!.*(?:neither the name|names? of (?:the|its) (?:author|contributor)))/],
];

/** What the manifest says, as an SPDX expression; `undefined` when it says nothing. */
export function declaredLicence({ license, licenses }) {
  const declared = license ?? licenses;
  if (Array.isArray(declared)) {
    const types = declared.map(typeOf).filter(Boolean);
    return types.length > 1 ? `(${types.join(" OR ")})` : types[0]; // The old list was a choice.
  }
  const type = typeOf(declared);
  return /^see licen[cs]e in /i.test(type ?? "") ? undefined : type;
}

/** The ids of all licences whose text is in here: a file may quote the licences of what it bundles. */
export function recognise(text) {
  const flat = text.toLowerCase().replaceAll(/[\s*>"]+/g, " ");
  return TELLING.filter(([, sentence]) => sentence.test(flat)).map(([id]) => id);
}

/** Says why a licence is allowed; throws an error that says why it is not. */
export function judge(declared, text) {
  const found = recognise(text);
  const expression = declared ?? found.join(" AND ");
  if (expression === "") {
    throw new Error("Licence missing: the manifest names none, and the text is none of those known here.");
  }
  if (found.length > 0 && !idsOf(expression).some((id) => found.includes(id))) {
    throw new Error(`Licence contradictory: the manifest says ${expression}, the text reads as ${found.join(" and ")}.`);
  }
  const kinds = kindsOf(expression);
  if (kinds === undefined) throw new Error(`Licence not allowed: ${expression} is not on the allow list.`);
  const origin = declared === undefined ? " (by its text)" : "";
  return { licence: expression, evidence: `${expression}${origin} → ${kinds.join(", ")}, allowed` };
}

/** What kinds of licence an SPDX expression comes to, if it is allowed. One side of an OR will do; an AND takes both. */
function kindsOf(expression) {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  const kinds = either();
  return tokens.length === 0 ? kinds : undefined; // Words left over: it was no SPDX expression.

  function either() {
    let left = both();
    while (follows("OR")) {
      const right = both();
      left ??= right;
    }
    return left;
  }
  function both() {
    let left = one();
    while (follows("AND")) {
      const right = one();
      left = left && right && [...new Set([...left, ...right])];
    }
    return left;
  }
  function one() {
    if (follows("(")) {
      const inner = either();
      return follows(")") ? inner : undefined;
    }
    const id = tokens.shift();
    if (follows("WITH")) tokens.shift(); // An exception only ever adds to what is allowed.
    const kind = Object.keys(ALLOWED).find((name) => ALLOWED[name].includes(id));
    return kind && [kind];
  }
  function follows(token) {
    const isNext = tokens[0] === token;
    if (isNext) tokens.shift();
    return isNext;
  }
}

function idsOf(expression) {
  return expression.split(/[\s()]+/).filter((word) => word !== "" && !["OR", "AND", "WITH"].includes(word));
}

function typeOf(declared) {
  const type = typeof declared === "object" ? declared?.type : declared;
  return typeof type === "string" && type.trim() !== "" ? type.trim() : undefined;
}
