/** What must hold for every result, whatever went in. */
export function checkResult(result, bytes, { offsets }) {
  const json = JSON.stringify(result);
  if (json === undefined) throw new Error('the result is no JSON');
  const longest = 400_000 + 40 * bytes.length;
  if (json.length > longest)
    throw new Error(`the result has ${json.length} characters for ${bytes.length} bytes`);
  if (offsets) checkOffsets(result, bytes.length);
}

/** Every problem in it, however deep: it points into the input and names a clause. */
function checkOffsets(value, end) {
  if (typeof value !== 'object' || value === null) return;
  if ('code' in value && 'at' in value) {
    if (!Number.isInteger(value.at) || value.at < 0 || value.at > end)
      throw new Error(`${value.code} points to ${value.at}, outside of 0 to ${end}`);
    if (!value.clause?.section || !value.message)
      throw new Error(`${value.code} names no clause or says nothing`);
  }
  if (value instanceof Uint8Array) return;
  for (const inner of Object.values(value)) checkOffsets(inner, end);
}
