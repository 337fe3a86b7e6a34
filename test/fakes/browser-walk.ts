/** A browser as far as signing in needs one: follows redirects and keeps each host's cookies. */
export async function walkBrowser(
  address: string,
): Promise<{ url: string; status: number; text: string; trail: string[] }> {
  const jars = new Map<string, Map<string, string>>();
  const trail: string[] = [];
  let url = new URL(address);
  for (let step = 0; step < 20; step += 1) {
    trail.push(url.href);
    const jar = jars.get(url.host) ?? new Map<string, string>();
    jars.set(url.host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const location = answer.headers.get('location');
    if (location === null) return { url: url.href, status: answer.status, text: await answer.text(), trail };
    await answer.body?.cancel();
    url = new URL(location, url);
  }
  throw new Error('the browser was sent around in circles');
}
