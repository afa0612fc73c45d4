const common: ReadonlySet<string> = new Set(
  `
  12345678 123456789 1234567890 12345678910 0123456789 01234567 012345678 123456780 87654321 987654321 9876543210 0987654321
  123123123 123412341234 12341234 1234512345 123456123456 12312312 12344321 123454321 1234554321 123321123 123321456 123654789
  123456987 11111111 111111111 1111111111 00000000 000000000 0000000000 22222222 33333333 44444444 55555555 66666666 77777777
  88888888 99999999 999999999 11223344 1122334455 112233445566 111222333 10203040 102030405060 1020304050 12121212 13131313 14141414
  15151515 21212121 23232323 25252525 69696969 12131415 13579246 1357924680 24681357 11235813 31415926 27182818 147258369 147852369
  147896325 159753456 258456357 369258147 741852963 753951456 789456123 951753852 963852741 20202020 20102010 20082008 19841984
  19871987 19891989 5201314520
  qwertyui qwertyuio qwertyuiop qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 qwerty321 qwerty01 qwertyqwerty qwerqwer
  qwert123 qwert12345 qwer1234 qweqweqwe qweasdzxc qweasd123 qwe123qwe qwe12345 qwe123456 qw123456 qq123456 qwaszx123 qazwsxedc
  qazwsx123 qazxswedc 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 q1q1q1q1 1qaz2wsx 1qaz2wsx3edc 1qazxsw2
  1qaz1qaz 1qaz@wsx 1qaz!qaz !qaz2wsx !qaz@wsx zaq12wsx zaq1xsw2 zaq1zaq1 zaq!2wsx 1234qwer 12345qwe 12345qwert 123456qw
  123456qwerty 123qweasd 123qweasdzxc 123qwe123 12qwaszx asdfasdf asdf1234 asdfghjk asdfghjkl asdfgh123 asd123asd asdasdasd
  asdqwe123 asdfqwer asd12345 asd123456 wasd1234 zxcvbnm1 zxcvbnm123 zxcvasdf zxczxczxc zxc123456 poiuytre poiuytrewq lkjhgfdsa
  mnbvcxz1 azertyui azertyuiop azerty12 azerty123 azerty12345 qwertz12 qwertz123 qwertz1234 qwertzuiop 1qay2wsx yxcvbnm1 wsxedcrfv
  !@#$%^&* gfhjkmgfhjkm ghbdtnbr fyfcnfcbz
  abcdefgh abcdefghi abcdefg1 abcdefg123 abcdef123 abcd1234 abcd12345 abcd4321 abc12345 abc123456 abc123456789 abc123abc abcabcabc
  aaaaaaaa aaaaaaaaa aa123456 aa12345678 a1234567 a12345678 a123456789 a1b2c3d4 a1b2c3d4e5 a1s2d3f4 1a2b3c4d aaaa1111 1111aaaa
  1234abcd 12345abc 123456abc 123abc123 1234567a 12345678a 123456789a 1234567890a 1234567q 12345678q 123456789q q1234567 q12345678
  q123456789 z1234567 s1234567 m1234567 as123456 zz123456 xx123456 11qqaazz
  password password1 password2 password3 password7 password9 password01 password11 password12 password99 password00 password123
  password1234 password12345 password123456 password321 password@1 password@123 passw0rd passw0rd1 p@ssword p@ssword1 p@ssword123
  p@ssw0rd p@ssw0rd1 p@ssw0rd123 p@55word p@55w0rd p@$$word p@$$w0rd pa$$word pa$$w0rd passw@rd pa55word pa55w0rd p4ssword pass@123
  pass@word pass@word1 pass1234 pass12345 pass123456 passpass passport passwords passwordpassword thepassword drowssap passwort
  passwort1 parola123 contrasena contraseña motdepasse salasana haslo123 heslo123
  administrator administrador admin123 admin1234 admin12345 admin123456 adminadmin admin@123 root1234 rootroot guest123 user1234
  username test1234 testtest tester12 testing1 changeme changeme1 default1 letmein1 letmein2 letmein12 letmein123 letmeinnow
  welcome1 welcome12 welcome01 welcome123 welcome1234 welcome@1 welcome@123 superuser supervisor operator security support1 access14
  access123 computer internet database cisco123 oracle123 windows1 windows10 microsoft samsung1 samsung123 google123 facebook
  facebook1 myspace1 myspace123 blackberry nintendo playstation minecraft minecraft1 photoshop adobe123 abcd@1234 qwerty@123
  india@123
  iloveyou iloveyou1 iloveyou2 iloveyou3 iloveyou12 iloveyou123 iloveyouso iloveme1 iloveu12 ilovegod ilovejesus ilovemom ilovehim
  loveyou1 loveyou2 loveme12 loveme123 lovelove lover123 love1234 love12345 love123456 truelove forever1 forever21 foreverlove
  teamo123 teamomucho tequiero teamoteamo jetaime1 mivida123 mahalkita sayang123 woaini123 woaini520 woaini1314 babygirl babygirl1
  babygirl12 babygurl babyboy1 princess princess1 princess2 princess12 princess123 princesa princesa1 sweetheart sweetie1 sweetpea
  sweetpea1 beautiful beautiful1 lollipop estrella hermosa1 mariposa corazon1 bonita123 schatz123 doudou123 soleil123 bonjour1
  bonjour123 hallo123 hallo1234
  michael1 jennifer jennifer1 jessica1 jonathan nicholas benjamin alexander alexander1 alexandra alexandre alejandro alejandra
  elizabeth elizabeth1 christian christian1 christine christina christopher patricia stephanie samantha samantha1 victoria victoria1
  veronica caroline catherine charlotte isabella isabelle gabriela gabriel1 fernando fernanda francisco sebastian sebastian1
  santiago valentina valentin carolina daniela1 daniel12 daniel123 andrew123 anthony1 ashley12 ashley123 brandon1 brittany charlie1
  charlie123 danielle destiny1 george123 hannah123 jackson1 jackson5 jasmine1 jordan12 jordan23 jordan123 joshua12 joshua123
  kimberly kristina madison1 maryjane matthew1 melissa1 nicolas1 patrick1 rebecca1 richard1 robert12 robert123 thomas123 tiffany1
  vanessa1 william1 william123 winston1
  football football1 football12 football123 baseball baseball1 basketball softball volleyball lacrosse hockey123 soccer12 soccer123
  fussball liverpool liverpool1 chelsea1 chelsea123 arsenal1 arsenal123 barcelona barcelona1 realmadrid juventus manchester
  marseille newcastle yankees1 yankees2 steelers steelers1 cowboys1 raiders1 rangers1 lakers24 superman superman1 superman12
  superman123 batman12 batman123 spiderman spiderman1 wolverine starwars starwars1 startrek pokemon1 pokemon123 naruto123 dragonball
  dragonballz harrypotter godzilla garfield hellokitty tinkerbell tinkerbell1 mickey123 metallica metallica1 slipknot slipknot1
  blink182 eminem123 nirvana1 westlife undertaker twilight twilight1 rockstar rockstar1 einstein iverson3
  sunshine sunshine1 sunshine12 sunshine123 butterfly butterfly1 chocolate chocolate1 dragon12 dragon123 monkey12 monkey123
  monkey1234 tigger12 tigger123 dolphin1 dolphins elephant panther1 phoenix1 scorpion snoopy12 shadow12 shadow123 ginger123 pepper12
  pepper123 peanut12 peaches1 pumpkin1 cookie12 cookie123 cherry123 snickers cocacola orange12 orange123 rainbow1 flowers1 diamond1
  platinum mercedes mercedes1 corvette ferrari1 mustang1 mustang123 maverick swordfish trustno1 whatever whatever1 blahblah nothing1
  midnight midnight1 darkness trouble1 thunder1 freedom1 creative engineer master12 master123 killer12 killer123 hello123 hello1234
  hello12345 hellohello helloworld fuckyou1 fuckyou2 bigdaddy unicorn1 december december1 november october1 september february
  august12 summer12 summer123 winter123 california newyork1 brooklyn london123 america1 pakistan pakistan1 pakistan123 india123
  bangladesh indonesia jesus123 jesus777 jesuschrist godisgood blessed1 blessing angel123 angelina bismillah bismillah1 krishna123
  jaimatadi star1234 zeppelin snowball
`
    .trim()
    .split(/\s+/),
)

/** Is this one of the passwords of eight or more characters that guessing begins with? Upper and lower case count as the same. */
export function isCommonPassword(password: string): boolean {
  return common.has(password.toLowerCase())
}
