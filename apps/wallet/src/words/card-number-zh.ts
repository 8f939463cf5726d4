/** Words of adding one card by its number, Chinese. */
export const cardNumberZh = {
  label: '或输入一张卡的卡号',
  hint: '可用手机自带的“扫描卡片”填写。卡号只留在本机，飞钱只据此认出银行和这张卡。',
  product: { debit: '借记卡', credit: '信用卡', prepaid: '预付卡', mixed: '借记卡或信用卡' },
  recognised: '{{bank}}，{{product}}',
  mistyped: '卡号有误，请核对',
  unknown: '这个卡号不属于已加入飞钱的银行',
  notYours: '{{bank}}没有找到你名下尾号 {{last4}} 的卡。请核对卡号，并确认登录手机号与银行预留手机号一致。',
};
