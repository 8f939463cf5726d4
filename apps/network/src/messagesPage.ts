import type { Message } from '@feiqian/access';

const purposes = { sign_in: ['登录', 'sign-in'], verification: ['核验', 'verification'] } as const;
const refreshSeconds = 3;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function row(m: Message): string {
  const [zh, en] = purposes[m.purpose];
  const at = new Date(m.sentAtMs).toISOString();
  return `<li><p><strong>${escaped(m.mobile)}</strong> <time datetime="${at}">${at.slice(0, 19).replace('T', ' ')} UTC</time></p>
<p>【飞钱】${zh}验证码 <b>${escaped(m.code)}</b>，5 分钟内有效，请勿告诉任何人。</p>
<p lang="en">[Feiqian] Your ${en} code is <b>${escaped(m.code)}</b>, good for five minutes. Tell it to nobody.</p></li>`;
}

/** The phones of the sandbox: what would have been sent to them. A page without scripts that renews itself. */
export function messagesPage(messages: readonly Message[]): string {
  const list =
    messages.length === 0
      ? '<p>还没有短信。<span lang="en">No messages yet.</span></p>'
      : `<ol>${messages.map(row).join('')}</ol>`;
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="${refreshSeconds}"><title>短信 Messages · 飞钱 Feiqian</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,"PingFang SC","Noto Sans SC",sans-serif;max-width:40rem;margin:0 auto;padding:16px}
h1{font-size:20px}ol{list-style:none;padding:0}li{border:1px solid #8888;border-radius:12px;padding:4px 16px;margin:12px 0}
b{font-size:20px;font-variant-numeric:tabular-nums}</style></head>
<body><main><h1>短信收件箱 <span lang="en">Message inbox</span></h1>
<p>沙盒不发短信，这里是本来会发出的内容。<span lang="en">The sandbox sends nothing; this is what would have been sent.</span></p>
${list}</main></body></html>`;
}
